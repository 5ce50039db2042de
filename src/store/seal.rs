//! What is personal, made unreadable: contents are sealed, ids become keyed names.
//!
//! The key lies outside the database, in a file of its own. Who has only the database, from a backup
//! or a lost disk, reads neither a word nor who was where.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of a nonce: so many that those which begin at random never meet.
const NONCE: usize = 24;

/// Seals and names with one key. Does not show it.
pub(super) struct Seal {
    cipher: XChaCha20Poly1305,
    names: [u8; KEY],
    /// What the nonces of this process begin with; the rest of them is counted.
    nonces: [u8; NONCE - 8],
    sealed: AtomicU64,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key {path}: {error}")]
    File {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        error: std::io::Error,
    },
    /// The file holds no key.
    #[error(
        "{0} is no key: 64 hexadecimal digits are wanted; put the right file back or name it with IQTIBAS_KEY_FILE"
    )]
    NoKey(PathBuf),
    /// There is a state but not its key.
    #[error(
        "the state is there, but not its key {0}: put the file back or name it with IQTIBAS_KEY_FILE; without it nothing of the state can be read, so move the state away to begin anew"
    )]
    Lost(PathBuf),
}

/// What was sealed cannot be opened: another key, or not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a row cannot be opened")]
pub(super) struct Unsealable;

impl Seal {
    pub(super) fn new(key: [u8; KEY]) -> Self {
        let contents = blake3::derive_key("iqtibas state contents", &key);
        Self {
            cipher: XChaCha20Poly1305::new(&contents.into()),
            names: blake3::derive_key("iqtibas state names", &key),
            nonces: random(),
            sealed: AtomicU64::new(0),
        }
    }

    /// With a key that nobody else has.
    pub(super) fn random() -> Self {
        Self::new(random())
    }

    /// With the key in this file. It is made where there is none and `fresh` says that nothing was
    /// written with another.
    pub(super) fn from_file(path: &Path, fresh: bool) -> Result<Self, KeyError> {
        let failed = |error| KeyError::File {
            path: path.to_owned(),
            error,
        };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let key = from_hex(text.trim()).ok_or_else(|| KeyError::NoKey(path.to_owned()))?;
                Ok(Self::new(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && fresh => {
                let key: [u8; KEY] = random();
                write_key(path, &key).map_err(failed)?;
                Ok(Self::new(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(KeyError::Lost(path.to_owned()))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// A name for something with an id: always the same, and telling nothing without the key.
    pub(super) fn name(&self, what: &str, id: &str) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.names);
        hasher.update(what.as_bytes()).update(&[0]);
        hasher.update(id.as_bytes());
        let mut name = [0; 16];
        hasher.finalize_xof().fill(&mut name);
        name
    }

    /// A short name, for what is looked up often.
    pub(super) fn number(&self, what: &str, id: i64) -> i64 {
        let name = self.name(what, &id.to_string());
        let (short, _) = name.split_first_chunk().expect("a name has 16 bytes");
        i64::from_le_bytes(*short)
    }

    /// Seals a value; `what` says what it is, so that nothing passes for something else.
    pub(super) fn seal(&self, what: &str, value: &impl Serialize) -> Vec<u8> {
        self.seal_plain(what, &plain(value))
    }

    /// Seals what [`plain`] has made.
    pub(super) fn seal_plain(&self, what: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        let (start, count) = nonce.split_at_mut(NONCE - 8);
        start.copy_from_slice(&self.nonces);
        count.copy_from_slice(&self.sealed.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        let payload = Payload {
            msg: plain,
            aad: what.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a message is shorter than 256 GiB");
        [&nonce[..], &sealed].concat()
    }

    /// Opens what was sealed as `what`.
    pub(super) fn open<T: DeserializeOwned>(
        &self,
        what: &str,
        sealed: &[u8],
    ) -> Result<T, Unsealable> {
        let plain = self.open_plain(what, sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Unsealable)
    }

    /// The same, as it was sealed.
    pub(super) fn open_plain(&self, what: &str, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
        let aad = what.as_bytes();
        let opened = self
            .cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad });
        opened.map_err(|_| Unsealable)
    }
}

/// A value as it is sealed: JSON.
pub(super) fn plain(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("what is kept is plain data")
}

/// Random bytes from the system.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

fn write_key(path: &Path, key: &[u8; KEY]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(format!("{}\n", blake3::Hash::from_bytes(*key).to_hex()).as_bytes())?;
    file.sync_all()
}

fn from_hex(text: &str) -> Option<[u8; KEY]> {
    blake3::Hash::from_hex(text).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_key_and_the_purpose_alone() {
        let (seal, other) = (Seal::new([1; KEY]), Seal::new([2; KEY]));
        let sealed = seal.seal("note", &"سارة");
        assert_eq!(seal.open::<String>("note", &sealed), Ok("سارة".to_owned()));
        assert_ne!(sealed, seal.seal("note", &"سارة"));
        assert!(
            !sealed
                .windows(4)
                .any(|part| "سارة".as_bytes().starts_with(part))
        );
        assert_eq!(other.open::<String>("note", &sealed), Err(Unsealable));
        assert_eq!(seal.open::<String>("call", &sealed), Err(Unsealable));
        for cut in 0..sealed.len() {
            assert_eq!(seal.open::<String>("note", &sealed[..cut]), Err(Unsealable));
        }
    }

    #[test]
    fn names_are_stable_and_differ_by_key_purpose_and_id() {
        let (seal, other) = (Seal::new([1; KEY]), Seal::new([2; KEY]));
        assert_eq!(seal.number("chat", -5), seal.number("chat", -5));
        for different in [
            seal.number("member", -5),
            seal.number("chat", 5),
            other.number("chat", -5),
        ] {
            assert_ne!(seal.number("chat", -5), different);
        }
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("iqtibas.key");
        assert!(matches!(
            Seal::from_file(&path, false),
            Err(KeyError::Lost(_))
        ));
        let made = Seal::from_file(&path, true).expect("made");
        let read = Seal::from_file(&path, false).expect("read");
        assert_eq!(made.number("chat", 1), read.number("chat", 1));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = std::fs::metadata(&path).expect("a file");
            assert_eq!(file.permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "no key").expect("written");
        assert!(matches!(
            Seal::from_file(&path, true),
            Err(KeyError::NoKey(_))
        ));
    }
}
