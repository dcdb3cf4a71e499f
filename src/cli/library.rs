//! The policies of the working directory: found by folder or name, checked, and compared with a digest.

use crate::check::check;
use crate::files::{self, PolicyFiles};
use crate::finding::{Finding, Sources};
use crate::policy::Policy;
use crate::replay::Library;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use crate::suite::LIBRARY as POLICIES;

/// A folder of policies.
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
}

/// Why there is no policy.
pub enum Refused {
    /// It cannot be read; in a sentence.
    Unreadable(String),
    /// It does not load.
    Unsound(Sources, Vec<Finding>),
}

impl Default for Folder {
    fn default() -> Folder {
        Folder {
            path: POLICIES.into(),
        }
    }
}

impl Folder {
    /// A policy by its folder, or by its name here.
    pub fn policy(&self, name_or_path: &str) -> Result<Arc<Policy>, Refused> {
        let files = files::load_policy(&self.path, name_or_path);
        sound(&files.map_err(|error| Refused::Unreadable(error.to_string()))?)
    }
}

fn sound(files: &PolicyFiles) -> Result<Arc<Policy>, Refused> {
    let mut sources = Sources::default();
    let (policy, findings) = check(files, &mut sources);
    policy
        .map(Arc::new)
        .ok_or(Refused::Unsound(sources, findings))
}

impl Library for Folder {
    fn find(
        &self,
        name: &str,
        digest: &str,
        files: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String> {
        let files = match files {
            Some(files) => {
                let texts = files
                    .iter()
                    .map(|(path, text)| (path.to_string(), text.to_string()));
                files::from_memory(texts.collect())
            }
            None if is_name(name) => {
                files::load_policy(&self.path, name).map_err(|error| error.to_string())?
            }
            None => {
                return Err(format!(
                    "`{name}` is no name of a folder under {}/",
                    self.path.display()
                ));
            }
        };
        with_digest(name, digest, &files)
    }
}

/// The policy of these files, if they are those of that digest.
pub fn with_digest(name: &str, digest: &str, files: &PolicyFiles) -> Result<Arc<Policy>, String> {
    if files.digest != digest {
        return Err(format!(
            "the policy `{name}` has the digest {}, not {digest}",
            files.digest
        ));
    }
    sound(files).map_err(|refused| match refused {
        Refused::Unreadable(sentence) => sentence,
        Refused::Unsound(sources, findings) => unsound(name, &sources, &findings),
    })
}

/// A journal names folders of the library, and nothing beside or above it.
fn is_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(part)), None) if part == name)
}

/// In a sentence, why a policy does not load.
fn unsound(name: &str, sources: &Sources, findings: &[Finding]) -> String {
    let first = findings.first().map(|finding| match &finding.place {
        Some(place) => {
            let (line, column) = sources.line_column(place);
            format!(
                ": {}:{line}:{column}: {}",
                sources.files[place.file].path, finding.message
            )
        }
        None => format!(": {}", finding.message),
    });
    format!(
        "the policy `{name}` does not load{}",
        first.unwrap_or_default()
    )
}
