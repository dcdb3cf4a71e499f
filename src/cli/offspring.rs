//! An office begun from another one: a folder that extends it, or a copy, with a scenario that passes.

use super::library::POLICIES;
use crate::base::time::Instant;
use crate::check::check;
use crate::files::{self, Layer, PolicyFiles, TITLE_PAGE};
use crate::finding::Sources;
use crate::policy::{Amount, AmountValue, DeclaredField, Policy};
use crate::scenario::{self, Rulebook, Rulebooks};
use crate::suite::SCENARIOS;
use crate::vocabulary::events::{FieldType, kind};
use std::path::{Path, PathBuf};

/// The name of the new office where its folder does not say it.
const NAMES: [&str; 2] = ["my-office", "our-office"];
/// The file of its own rules.
const CHAPTER: &str = "90-our-rules";

/// A file to be written.
pub type Written = (PathBuf, String);

/// Where the new office goes, and what it is called.
struct Place {
    name: String,
    folder: PathBuf,
    scenarios: PathBuf,
    /// Where the folders that it extends are copied to, if they are not there already.
    bases: Option<PathBuf>,
}

/// The files of an office begun from another one; `Err`: why not, in a sentence.
pub fn files_of(dir: &Path, from: &str, copy: bool) -> Result<Vec<Written>, String> {
    let library = dir
        .parent()
        .filter(|parent| parent.file_name().is_some_and(|name| name == POLICIES));
    let found = files::load_policy(library.unwrap_or(Path::new(POLICIES)), from);
    let base = found.map_err(|error| error.to_string())?;
    let (policy, _) = check(&base, &mut Sources::default());
    let policy =
        policy.ok_or_else(|| format!("`{from}` does not load: run `panke check {from}`"))?;
    let own = base.layers.first().ok_or("there is no folder")?;
    let place = place_of(dir, library, &own.name)?;
    let mut written = match copy {
        true => copied(own, &place),
        false => extending(&policy, &own.name, &place),
    };
    if copy {
        written.extend(copied_scenarios(library, &own.name, &place));
    }
    if let Some(bases) = &place.bases {
        for layer in base.layers.iter().skip(usize::from(copy)) {
            written.extend(as_it_is(layer, bases));
        }
    }
    let office = in_memory(&written, &place, &base, copy);
    written.push((
        place.scenarios.join("a-first-visit.toml"),
        office
            .and_then(|office| first_visit(&place.name, office))
            .unwrap_or_else(|| draft_visit(&place.name, &policy)),
    ));
    Ok(written)
}

/// Inside a folder of policies the office is one more of them; anywhere else it gets such a folder.
fn place_of(dir: &Path, library: Option<&Path>, base: &str) -> Result<Place, String> {
    let Some(library) = library else {
        let taken = NAMES[0] == base;
        let name = NAMES[usize::from(taken)].to_owned();
        return Ok(Place {
            folder: dir.join(POLICIES).join(&name),
            scenarios: dir.join(SCENARIOS).join(&name),
            bases: Some(dir.join(POLICIES)),
            name,
        });
    };
    let name = dir
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or("the folder has no name")?;
    if !library.join(base).join(TITLE_PAGE).is_file() {
        let library = library.display();
        return Err(format!(
            "`{base}` is not under {library}/, where the new office looks for it"
        ));
    }
    let beside = library.parent().unwrap_or(Path::new("")).join(SCENARIOS);
    Ok(Place {
        folder: dir.to_owned(),
        scenarios: beside.join(&name),
        bases: None,
        name,
    })
}

fn as_it_is(layer: &Layer, library: &Path) -> Vec<Written> {
    let folder = library.join(&layer.name);
    let files = layer.files.iter();
    files
        .map(|file| (folder.join(&file.path), file.text.clone()))
        .collect()
}

/// The same files under another name.
fn copied(own: &Layer, place: &Place) -> Vec<Written> {
    let files = own.files.iter().map(|file| {
        let text = match file.path == TITLE_PAGE {
            true => renamed(&file.text, "name", &own.name, &place.name),
            false => file.text.clone(),
        };
        (place.folder.join(&file.path), text)
    });
    files.collect()
}

/// Scenarios of the office that is copied, played under the copy.
fn copied_scenarios(library: Option<&Path>, base: &str, place: &Place) -> Vec<Written> {
    let beside = library.and_then(Path::parent).unwrap_or(Path::new(""));
    let folder = beside.join(SCENARIOS).join(base);
    let found = match folder.is_dir() {
        true => files::scenarios_under(&folder).unwrap_or_default(),
        false => Vec::new(),
    };
    let mut written = Vec::new();
    for path in found {
        let (Ok(text), Ok(inside)) = (std::fs::read_to_string(&path), path.strip_prefix(&folder))
        else {
            continue;
        };
        let new = renamed(&text, "policy", base, &place.name);
        if new != text {
            written.push((place.scenarios.join(inside), new));
        }
    }
    written
}

/// The text with another name where the first line of that key has the old one.
fn renamed(text: &str, key: &str, old: &str, new: &str) -> String {
    let is_line = |line: &&str| {
        let mut parts = line.splitn(2, '=').map(str::trim);
        parts.next() == Some(key)
            && parts
                .next()
                .is_some_and(|value| value.starts_with(&format!("\"{old}\"")))
    };
    match text.lines().find(is_line) {
        Some(line) => {
            let other = line.replacen(&format!("\"{old}\""), &format!("\"{new}\""), 1);
            text.replacen(line, &other, 1)
        }
        None => text.to_owned(),
    }
}

/// A folder that extends another one and changes nothing yet; comments show what there is to change.
fn extending(policy: &Policy, base: &str, place: &Place) -> Vec<Written> {
    let name = &place.name;
    let first = (policy.clauses.first()).map_or("", |clause| clause.key.as_str());
    let title = format!(
        "# {name}: an office that differs from {base}. Whatever is not said here is as there.\n\
         # policies/README.md of panke shows how a rule is written, with a page for each kind of rule.\n\
         name     = \"{name}\"\n\
         title    = {{ en = \"Rules of {name}\", zh = \"{name} 制度\" }}\n\
         extends  = \"{base}\"\n\
         chapters = [\"{CHAPTER}\"]\n\
         # remove = [\"{first}\"]                # ids, keys or declarations of {base} that do not hold here\n"
    );
    let mut amounts = format!(
        "# The figures of {base}. To change one, take the `#` away and write your value with the day from which it holds.\n"
    );
    for amount in &policy.amounts {
        amounts.push_str(&figure(policy, amount));
    }
    let mut rules = format!(
        "# The rules of {base}, by key. A clause here with the `key` of one of them replaces it; one that names numbers or\n\
         # keys in `overrides` is an exception to them; any other is added.\n#\n"
    );
    let clauses = policy.clauses.iter();
    for clause in clauses.filter(|clause| !clause.title.en.is_empty()) {
        rules.push_str(&format!("#   {:<12} {}\n", clause.key, clause.title.en));
    }
    let example = "#\n# [[clause]]\n# id        = \"90.1\"\n# title     = { en = \"The rule in your own words.\", zh = \"用自己的话写规则。\" }\n\
         # on        = \"visit\"\n# when      = ['named.exists']\n# then.receive = { by = \"named\", as = \"owner\" }\n\
         # overrides = [\"FIRST\"]\n# says      = { en = \"{receiver} receives {customer}.\", zh = \"{receiver} 接待 {customer}。\" }\n";
    rules.push_str(&example.replace("FIRST", first));
    vec![
        (place.folder.join(TITLE_PAGE), title),
        (place.folder.join("amounts.toml"), amounts),
        (place.folder.join(format!("{CHAPTER}.toml")), rules),
    ]
}

/// An amount as it is now, as a comment.
fn figure(policy: &Policy, amount: &Amount) -> String {
    let Some((from, value)) = amount.values.last() else {
        return String::new();
    };
    let value = match value {
        AmountValue::Length(length) => format!("\"{length}\""),
        AmountValue::Money(fen, currency) => format!("\"{fen} {currency}\""),
        AmountValue::Count(count, unit) => format!("\"{count} {unit}\""),
        AmountValue::Parts(1) => "\"1 part\"".to_owned(),
        AmountValue::Parts(parts) => format!("\"{parts} parts\""),
        AmountValue::Fraction(part) => format!("\"{part}\""),
        AmountValue::Clock(clock) => format!("\"{clock}\""),
        AmountValue::Words(words) => {
            let words = words
                .iter()
                .map(|word| format!("{:?}", policy.words[word.index()]));
            format!("[{}]", words.collect::<Vec<_>>().join(", "))
        }
    };
    let day = day_of(policy, *from);
    format!(
        "\n# {} ({})\n# [amount.{}]\n# is = {{ {day} = {value} }}\n",
        amount.text.en, amount.source, amount.name
    )
}

fn day_of(policy: &Policy, at: Instant) -> String {
    let text = policy.calendar.format_short(at).to_string();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// The new office as it will be on disk.
fn in_memory(written: &[Written], place: &Place, base: &PolicyFiles, copy: bool) -> Option<Policy> {
    let own = written
        .iter()
        .filter_map(|(path, text)| {
            let inside = path.strip_prefix(&place.folder).ok()?;
            let path = inside.to_string_lossy().replace('\\', "/");
            Some(files::LayerFile {
                path,
                text: text.clone(),
            })
        })
        .collect();
    let mut layers = vec![Layer {
        name: place.name.clone(),
        root: place.folder.clone(),
        files: own,
    }];
    layers.extend(base.layers.iter().skip(usize::from(copy)).cloned());
    let files = PolicyFiles {
        layers,
        digest: base.digest.clone(),
        troubles: Vec::new(),
    };
    check(&files, &mut Sources::default()).0
}

/// Two people who receive, a first visitor, and what that leads to under the office's rules.
fn first_visit(name: &str, office: Policy) -> Option<String> {
    let text = draft_visit(name, &office);
    let book = Rulebook::new(office);
    let books = Rulebooks::only(&book);
    let (root, findings) = scenario::parse(0, &text);
    let (header, more) = scenario::header(0, &root);
    if !findings.is_empty() || !more.is_empty() {
        return None;
    }
    let (story, _) = scenario::story(0, &root, &header?.title, &books);
    let story = story?;
    let outcome = scenario::run(&story, &books, false);
    Some(scenario::accept(&text, &story, &outcome).text)
}

/// The same story with nothing expected yet.
fn draft_visit(name: &str, policy: &Policy) -> String {
    let receives = policy.roles.iter().find(|role| role.receives > 0);
    let role = receives.or(policy.roles.first());
    let role = role.map_or("staff", |role| policy.words[role.name.index()].as_str());
    let began = policy
        .amounts
        .iter()
        .filter_map(|amount| amount.values.first());
    let began = began
        .map(|(from, _)| *from)
        .filter(|from| *from > Instant::MIN)
        .max();
    let day = began.map_or_else(|| "2024-01-01".to_owned(), |from| day_of(policy, from));
    let desk = policy
        .rotas
        .first()
        .map(|rota| policy.words[rota.desk.index()].as_str());
    let roster = match desk {
        Some(desk) if desk != "walk_in" => format!("roster.{desk} = [\"an\", \"bo\"]"),
        _ => "roster  = [\"an\", \"bo\"]".to_owned(),
    };
    let fields = policy
        .events
        .iter()
        .filter(|event| event.kind == kind::VISIT);
    let fields = fields
        .flat_map(|event| &event.fields)
        .filter(|field| field.required);
    let fields: String = fields.map(filled).collect();
    format!(
        "# A scenario is a story: each step is an event, and says what it must lead to and by which clause.\n\
         policy  = \"{name}\"\n\
         title   = \"The first visitor of the first day\"\n\
         people  = {{ an = \"{role}\", bo = \"{role}\" }}\n\
         {roster}\n\n\
         [[step]]\n\
         at    = \"{day} 08:30\"\n\
         event = \"sign_in\"\n\
         staff = [\"an\", \"bo\"]\n\n\
         [[step]]\n\
         at       = \"{day} 09:00\"\n\
         event    = \"visit\"\n\
         visit    = \"v1\"\n\
         customer = \"li\"\n{fields}\
         expect   = {{}}\n"
    )
}

/// A field that a visit must have.
fn filled(field: &DeclaredField) -> String {
    let value = match (field.holds, field.words.first()) {
        (FieldType::Word(_), Some(word)) => format!("\"{word}\""),
        (FieldType::Flag, _) => "false".to_owned(),
        (FieldType::Count, _) => "1".to_owned(),
        (FieldType::Money, _) => "\"0.00\"".to_owned(),
        (FieldType::Person, _) => "\"an\"".to_owned(),
        _ => "\"some\"".to_owned(),
    };
    format!("{} = {value}\n", field.name)
}
