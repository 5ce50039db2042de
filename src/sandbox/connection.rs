//! Connections that can be cut: a listener whose streams carry a switch, so that a fault can close
//! one before a single byte of the answer is written, or after some of them.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// What a connection still lets through.
#[derive(Clone, Debug, Default)]
pub(super) struct Switch(Arc<AtomicU8>);

const ALL: u8 = 0;
const HALF: u8 = 1;
const NOTHING: u8 = 2;

impl Switch {
    /// Breaks the connection at the next byte.
    pub(super) fn cut(&self) {
        self.0.store(NOTHING, Ordering::SeqCst);
    }

    /// Breaks the connection in the middle of the next answer's body.
    pub(super) fn cut_body(&self) {
        self.0.store(HALF, Ordering::SeqCst);
    }

    /// What may pass of the bytes to be written.
    fn passes<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        match self.0.load(Ordering::SeqCst) {
            ALL => bytes,
            HALF => {
                let head = bytes
                    .windows(4)
                    .position(|four| four == b"\r\n\r\n")
                    .map_or(0, |at| at + 4);
                bytes
                    .get(..head + (bytes.len() - head) / 2)
                    .unwrap_or(bytes)
            }
            _ => &[],
        }
    }
}

/// The sandbox's door.
pub(super) struct Door(pub(super) TcpListener);

/// A stream that obeys its [`Switch`].
pub(super) struct Line {
    stream: TcpStream,
    switch: Switch,
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (
            Line {
                stream,
                switch: Switch::default(),
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Door>> for Switch {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().switch.clone()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = self.switch.passes(bytes);
        if allowed.is_empty() && !bytes.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, allowed);
        if allowed.len() < bytes.len() && written.is_ready() {
            self.switch.cut();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
