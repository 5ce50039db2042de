//! Connections that can be cut: a listener whose streams carry a switch, so that a fault can close
//! one before a single byte of the answer is written, or after some of them.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How many more bytes a connection will carry; all of them until it is told otherwise.
#[derive(Clone, Debug)]
pub(super) struct Switch(Arc<AtomicUsize>);

impl Switch {
    /// Breaks the connection after so many more bytes.
    pub(super) fn cut_after(&self, bytes: usize) {
        self.0.store(bytes, Ordering::SeqCst);
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
                switch: Switch(Arc::new(AtomicUsize::new(usize::MAX))),
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
        let left = self.switch.0.load(Ordering::SeqCst);
        if left == usize::MAX {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        }
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let allowed = bytes.get(..left).unwrap_or(bytes);
        let written = Pin::new(&mut self.stream).poll_write(context, allowed);
        if let Poll::Ready(Ok(count)) = &written {
            self.switch
                .0
                .store(left.saturating_sub(*count), Ordering::SeqCst);
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
