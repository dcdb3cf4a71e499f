//! Policy folders on disk: which files belong to a policy, what it extends, and the digest over all of it.
//!
//! The only place, besides the journal and the scenarios, that reads files. Nothing is judged here but what stands in
//! the way of reading; that is kept as [`Trouble`] and becomes findings when the policy is checked.

mod folder;
mod text;
mod walk;

pub use folder::{find, policies_in};
pub use text::{Unreadable, read_text};
pub use walk::{Missing, files_under, scenarios_under};

use crate::finding::Place;
use crate::syntax::extends_of;
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::{Component, Path, PathBuf};

/// The largest file that is read, in bytes.
pub const MAX_FILE: u64 = 1 << 20;
/// How many files a folder may have.
pub const MAX_FILES: usize = 200;
/// How many folders may extend one another.
pub const MAX_LAYERS: usize = 8;
/// The file that makes a folder a policy.
pub const TITLE_PAGE: &str = "policy.toml";
/// In a list of files, stands before the paths of the folder that is extended.
const EXTENDED: &str = "extends/";

/// The files of a policy and of the folders that it extends.
#[derive(Clone, Debug)]
pub struct PolicyFiles {
    /// The policy's own folder first, then what it extends, and so on.
    pub layers: Vec<Layer>,
    /// SHA-256 in hexadecimal over sorted paths and bytes of all of them.
    pub digest: String,
    /// What stood in the way of reading.
    pub troubles: Vec<Trouble>,
}

/// One folder.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its name: that of the folder.
    pub name: String,
    /// Where it is, as it was asked for; empty for one that is held in memory.
    pub root: PathBuf,
    /// Its files, sorted by path.
    pub files: Vec<LayerFile>,
}

/// One file.
#[derive(Clone, Debug)]
pub struct LayerFile {
    /// Path inside the folder, with `/`.
    pub path: String,
    /// Its text; what is not UTF-8 in it is replaced, and is a [`Trouble`].
    pub text: String,
}

/// Something that stands in the way of reading a policy; its author's to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What.
    pub kind: TroubleKind,
    /// Which folder, as an index of [`PolicyFiles::layers`].
    pub layer: usize,
    /// Which file of that folder, by its path.
    pub path: String,
    /// Which bytes of it.
    pub span: std::ops::Range<usize>,
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// The folder has no title page.
    NoTitlePage,
    /// A file is not UTF-8 from that byte on.
    NotUtf8,
    /// A file is larger than [`MAX_FILE`].
    TooLarge(u64),
    /// The folder has more files than [`MAX_FILES`].
    TooManyFiles(usize),
    /// There is no such folder to extend; the names of those that there are.
    UnknownBase(String, Vec<String>),
    /// The folder extends itself, through these.
    Circle(String),
}

/// The world's trouble: the folder cannot be read.
#[derive(Debug)]
pub enum FilesError {
    /// There is no such policy; the names of those that there are.
    NotFound {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        library: PathBuf,
        /// What there is.
        known: Vec<String>,
    },
    /// The disk says no.
    Io {
        /// About what.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl fmt::Display for FilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FilesError::NotFound {
                name,
                library,
                known,
            } => {
                write!(
                    f,
                    "there is no policy `{name}`: no such folder, and none under {}",
                    shown(library)
                )?;
                match crate::base::names::nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => write!(f, "; did you mean `{near}`?"),
                    None if known.is_empty() => Ok(()),
                    None => write!(f, "; there are {}", known.join(", ")),
                }
            }
            FilesError::Io { path, error } => write!(f, "{} cannot be read: {error}", shown(path)),
        }
    }
}

impl std::error::Error for FilesError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            FilesError::Io { error, .. } => Some(error),
            FilesError::NotFound { .. } => None,
        }
    }
}

/// Reads a policy: a folder, or the name of one in the library (`policies/`), with what it extends.
///
/// # Errors
///
/// If there is no such folder, or the disk fails.
pub fn load_policy(library: &Path, name_or_path: &str) -> Result<PolicyFiles, FilesError> {
    let root = folder::find(library, name_or_path).ok_or_else(|| FilesError::NotFound {
        name: name_or_path.to_owned(),
        library: library.to_owned(),
        known: folder::policies_in(library),
    })?;
    let mut troubles = Vec::new();
    let mut layers = Vec::new();
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut next = Some(root);
    while let Some(root) = next.take() {
        seen.push(folder::resolved(&root)?);
        layers.push(folder::read(&root, layers.len(), &mut troubles)?);
        next = base_of(library, &layers, &mut seen, &mut troubles)?;
    }
    Ok(PolicyFiles {
        digest: digest(&layers),
        layers,
        troubles,
    })
}

/// The folder that the last layer extends, if it can be followed.
fn base_of(
    library: &Path,
    layers: &[Layer],
    seen: &mut [PathBuf],
    troubles: &mut Vec<Trouble>,
) -> Result<Option<PathBuf>, FilesError> {
    let Some(layer) = layers.last() else {
        return Ok(None);
    };
    let Some((name, span)) = layer
        .file(TITLE_PAGE)
        .and_then(|page| extends_of(&page.text))
    else {
        return Ok(None);
    };
    let mut trouble = |kind| {
        troubles.push(Trouble {
            kind,
            layer: layers.len() - 1,
            path: TITLE_PAGE.to_owned(),
            span: span.clone(),
        });
    };
    let inside = name.starts_with('.') || name.contains('/');
    let root = if inside {
        plain(&layer.root.join(&name))
    } else {
        library.join(&name)
    };
    if !root.is_dir() || name.is_empty() {
        trouble(TroubleKind::UnknownBase(name, folder::policies_in(library)));
        return Ok(None);
    }
    if seen.contains(&folder::resolved(&root)?) || layers.len() >= MAX_LAYERS {
        let names: Vec<&str> = layers
            .iter()
            .map(|layer| layer.name.as_str())
            .chain([name.as_str()])
            .collect();
        trouble(TroubleKind::Circle(names.join(" → ")));
        return Ok(None);
    }
    Ok(Some(root))
}

/// A policy from files that are held in memory: those of a `policy` event, of a test, of the starter. The files of the
/// folder that it extends stand under `extends/`, as [`PolicyFiles::to_memory`] writes them.
pub fn from_memory(files: Vec<(String, String)>) -> PolicyFiles {
    let mut layers: Vec<Layer> = Vec::new();
    for (path, text) in files {
        let mut rest = path.as_str();
        let mut depth = 0;
        while let Some(inner) = rest
            .strip_prefix(EXTENDED)
            .filter(|_| depth + 1 < MAX_LAYERS)
        {
            (rest, depth) = (inner, depth + 1);
        }
        while layers.len() <= depth {
            layers.push(Layer {
                name: String::new(),
                root: PathBuf::new(),
                files: Vec::new(),
            });
        }
        layers[depth].files.push(LayerFile {
            path: rest.to_owned(),
            text,
        });
    }
    let mut troubles = Vec::new();
    if layers.is_empty() {
        layers.push(Layer {
            name: String::new(),
            root: PathBuf::new(),
            files: Vec::new(),
        });
    }
    for (at, layer) in layers.iter_mut().enumerate() {
        layer.files.sort_by(|one, two| one.path.cmp(&two.path));
        layer
            .files
            .dedup_by(|later, first| later.path == first.path);
        if layer.file(TITLE_PAGE).is_none() {
            troubles.push(Trouble {
                kind: TroubleKind::NoTitlePage,
                layer: at,
                path: TITLE_PAGE.into(),
                span: 0..0,
            });
        }
    }
    base_is_there(&layers, &mut troubles);
    PolicyFiles {
        digest: digest(&layers),
        layers,
        troubles,
    }
}

/// What the last title page extends must be among the files.
fn base_is_there(layers: &[Layer], troubles: &mut Vec<Trouble>) {
    let Some(page) = layers.last().and_then(|layer| layer.file(TITLE_PAGE)) else {
        return;
    };
    if let Some((name, span)) = extends_of(&page.text) {
        let kind = TroubleKind::UnknownBase(name, Vec::new());
        troubles.push(Trouble {
            kind,
            layer: layers.len() - 1,
            path: TITLE_PAGE.to_owned(),
            span,
        });
    }
}

impl Layer {
    /// The file of that path.
    pub fn file(&self, path: &str) -> Option<&LayerFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

impl PolicyFiles {
    /// Every file as {path, text}, sorted; what is extended stands under `extends/`.
    pub fn to_memory(&self) -> Vec<(String, String)> {
        flat(&self.layers)
            .into_iter()
            .map(|(path, text)| (path, text.to_owned()))
            .collect()
    }

    /// The path of a file as a reader of findings knows it.
    pub fn shown(&self, layer: usize, path: &str) -> String {
        match self.layers.get(layer) {
            Some(layer) if !layer.root.as_os_str().is_empty() => shown(&layer.root.join(path)),
            _ => format!("{}{path}", EXTENDED.repeat(layer)),
        }
    }
}

fn flat(layers: &[Layer]) -> Vec<(String, &str)> {
    let mut files: Vec<(String, &str)> = layers
        .iter()
        .enumerate()
        .flat_map(|(depth, layer)| {
            layer.files.iter().map(move |file| {
                (
                    format!("{}{}", EXTENDED.repeat(depth), file.path),
                    file.text.as_str(),
                )
            })
        })
        .collect();
    files.sort();
    files
}

/// SHA-256 over the sorted paths and bytes, each with its length before it.
fn digest(layers: &[Layer]) -> String {
    let mut hash = Sha256::new();
    for (path, text) in flat(layers) {
        for bytes in [path.as_bytes(), text.as_bytes()] {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
    }
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// A path as people write it, with `/` and without `./` before it.
pub fn shown(path: &Path) -> String {
    let text = plain(path).to_string_lossy().replace('\\', "/");
    if text.is_empty() {
        ".".to_owned()
    } else {
        text
    }
}

/// A path without `.`, and without `x/..`.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(plain.components().next_back(), Some(Component::Normal(_))) =>
            {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

impl Trouble {
    /// Its place, once the files have their numbers.
    pub fn place(&self, file: usize) -> Place {
        Place {
            file,
            span: self.span.clone(),
        }
    }
}
