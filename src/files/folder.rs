//! One folder of a policy: which of its files count.

use super::{FilesError, Layer, LayerFile, MAX_FILE, MAX_FILES, TITLE_PAGE, Trouble, TroubleKind};
use crate::syntax::is_scenario;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The folder that somebody means: one of the library by its name, else a path.
pub fn find(library: &Path, name_or_path: &str) -> Option<PathBuf> {
    let is_path =
        name_or_path.contains('/') || name_or_path.contains('\\') || name_or_path.starts_with('.');
    let in_library = (!is_path && !name_or_path.is_empty()).then(|| library.join(name_or_path));
    in_library
        .into_iter()
        .chain([PathBuf::from(name_or_path)])
        .find(|path| path.is_dir())
}

/// The names of the policies of a library, sorted.
pub fn policies_in(library: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(library) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join(TITLE_PAGE).is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// The one true path of a folder, by which circles are found.
pub fn resolved(root: &Path) -> Result<PathBuf, FilesError> {
    fs::canonicalize(root).map_err(|error| FilesError::Io {
        path: root.to_owned(),
        error,
    })
}

/// Reads a folder: `*.toml` in it and `*.rhai` in its `scripts`, sorted; scenarios among them are left out.
pub fn read(root: &Path, layer: usize, troubles: &mut Vec<Trouble>) -> Result<Layer, FilesError> {
    let mut paths = list(root, "", "toml")?;
    if root.join("scripts").is_dir() {
        paths.extend(list(&root.join("scripts"), "scripts/", "rhai")?);
    }
    paths.sort();
    let mut trouble = |kind, path: &str, span| {
        troubles.push(Trouble {
            kind,
            layer,
            path: path.to_owned(),
            span,
        });
    };
    if !paths.iter().any(|path| path == TITLE_PAGE) {
        trouble(TroubleKind::NoTitlePage, TITLE_PAGE, 0..0);
    }
    if paths.len() > MAX_FILES {
        trouble(TroubleKind::TooManyFiles(paths.len()), TITLE_PAGE, 0..0);
        paths.truncate(MAX_FILES);
    }
    let mut files = Vec::new();
    for path in paths {
        let (bytes, size) = read_file(&root.join(&path))?;
        if size > MAX_FILE {
            trouble(TroubleKind::TooLarge(size), &path, 0..0);
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                trouble(TroubleKind::NotUtf8, &path, at..at + '\u{fffd}'.len_utf8());
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        };
        if path == TITLE_PAGE || !is_scenario(&text) {
            files.push(LayerFile { path, text });
        }
    }
    Ok(Layer {
        name: name_of(root),
        root: root.to_owned(),
        files,
    })
}

/// A file's bytes and size; of a file that is too large, none.
fn read_file(path: &Path) -> Result<(Vec<u8>, u64), FilesError> {
    let io = |error| FilesError::Io {
        path: path.to_owned(),
        error,
    };
    let file = fs::File::open(path).map_err(io)?;
    let size = file.metadata().map_err(io)?.len();
    let mut bytes = Vec::new();
    if size <= MAX_FILE {
        // The file may grow while it is read.
        file.take(MAX_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(io)?;
    }
    let size = size.max(bytes.len() as u64);
    if size > MAX_FILE {
        bytes.clear();
    }
    Ok((bytes, size))
}

/// The files of a folder that end so; hidden ones and those that editors leave behind do not count.
fn list(root: &Path, prefix: &str, ending: &str) -> Result<Vec<String>, FilesError> {
    let io = |error| FilesError::Io {
        path: root.to_owned(),
        error,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(root).map_err(io)? {
        let entry = entry.map_err(io)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let counts = name.ends_with(&format!(".{ending}")) && !name.starts_with(['.', '#', '~']);
        if counts && entry.path().is_file() {
            paths.push(format!("{prefix}{name}"));
        }
    }
    Ok(paths)
}

/// The name of a folder, also of one that is asked for as `.`.
fn name_of(root: &Path) -> String {
    let resolved = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    resolved
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
