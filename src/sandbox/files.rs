//! Files that people send: kept by an id, named by `getFile`, and downloaded from the path that it
//! gives.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::request::Request;
use super::world::World;

/// The largest file that a bot may download.
const MAX_BYTES: usize = 20 << 20;

/// A file that somebody sent.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    id: String,
    /// Where it is downloaded from, below `/file/bot<token>/`.
    path: String,
    content: Vec<u8>,
}

impl World {
    /// Keeps a file; gives its `Document` object.
    pub(super) fn store(&mut self, name: &str, content: &[u8]) -> Value {
        let number = self.files.len();
        let (_, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let ending = ending
            .chars()
            .all(|c| c.is_ascii_alphanumeric())
            .then_some(ending);
        let stored = Stored {
            id: format!("BQACAgIAAxkBAAI{number}"),
            path: format!("documents/file_{number}.{}", ending.unwrap_or("bin")),
            content: content.to_vec(),
        };
        let document = json!({
            "file_id": stored.id, "file_unique_id": format!("AgAD{number}"), "file_name": name,
            "mime_type": "text/plain", "file_size": content.len(),
        });
        self.files.push(stored);
        document
    }

    pub(super) fn get_file(&self, request: &Request) -> Result<Value, Refusal> {
        let wanted = request.text("file_id");
        let mut files = self.files.iter().enumerate();
        let (number, file) = files
            .find(|(_, file)| file.id == wanted)
            .ok_or_else(|| Refusal::bad("invalid file_id"))?;
        if file.content.len() > MAX_BYTES {
            return Err(Refusal::bad("file is too big"));
        }
        Ok(json!({
            "file_id": file.id, "file_unique_id": format!("AgAD{number}"),
            "file_size": file.content.len(), "file_path": file.path,
        }))
    }

    /// What is downloaded from a path.
    pub(super) fn content(&self, path: &str) -> Option<Vec<u8>> {
        let file = self.files.iter().find(|file| file.path == path)?;
        Some(file.content.clone())
    }
}
