//! The files of the repository: what a clone holds, without what a build makes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::rust::Source;

/// Hidden folders that belong to the repository.
const HIDDEN_BUT_OURS: [&str; 2] = [".ci", ".github"];

/// A file of the repository: its path with `/`, from the root, and its text (with � for what is not UTF-8).
pub struct File {
    pub path: String,
    pub text: String,
}

/// All files under the folder `under` ("" is the whole repository), in order of path.
pub fn files(under: &str) -> Vec<File> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join(under), &mut paths);
    paths.sort();
    paths.iter().map(|path| read(&root, path)).collect()
}

/// All files under `under` whose name ends with `ending`.
pub fn files_ending(under: &str, ending: &str) -> Vec<File> {
    let mut files = files(under);
    files.retain(|file| file.path.ends_with(ending));
    files
}

/// The Rust files under the folders, scanned.
pub fn rust_files(folders: &[&str]) -> Vec<Source> {
    let files = folders
        .iter()
        .flat_map(|folder| files_ending(folder, ".rs"));
    files
        .map(|file| Source::new(file.path, file.text))
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry
            .expect("a folder of the repository is readable")
            .path();
        if path.is_dir() && belongs(&path) {
            collect(&path, paths);
        } else if path.is_file() && !is_link_file(&path) {
            paths.push(path);
        }
    }
}

/// In a second work tree `.git` is a file that names the first.
fn is_link_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == ".git")
}

fn belongs(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name != "target" && (!name.starts_with('.') || HIDDEN_BUT_OURS.contains(&name.as_ref()))
}

fn read(root: &Path, path: &Path) -> File {
    let bytes = fs::read(path).expect("a file of the repository is readable");
    let inside = path.strip_prefix(root).expect("the walk began at the root");
    File {
        path: inside.to_string_lossy().replace('\\', "/"),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

#[test]
fn the_walk_finds_the_repository_and_not_the_build() {
    let all = files("");
    assert!(all.iter().any(|file| file.path == "Cargo.toml"));
    assert!(all.iter().any(|file| file.path == ".ci/run"));
    assert!(!all.iter().any(|file| file.path.starts_with("target/")));
}
