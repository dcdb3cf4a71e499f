//! The settings of `panke serve` on the command line and in the environment: one flag and one variable for each row of
//! their table, and the file that stands behind both.

use super::{Exit, common};
use crate::finding::Sources;
use crate::print::{Lang, Look};
use crate::server::settings::{Given, Holds, Origin, ROWS, Resolved, Row, resolve};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The flag that names the settings file; not itself a setting.
const FILE: &str = "settings";
/// Its variable.
const FILE_VARIABLE: &str = "PANKE_SETTINGS";

/// What the command line and the environment say of the settings.
#[derive(Clone, Debug, Default)]
pub struct SettingsArgs {
    /// Each setting that was given.
    pub given: Vec<Given>,
    /// The settings file, if one is named.
    pub file: Option<PathBuf>,
}

impl FromArgMatches for SettingsArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<SettingsArgs, clap::Error> {
        let mut args = SettingsArgs {
            file: matches.get_one::<PathBuf>(FILE).cloned(),
            ..SettingsArgs::default()
        };
        for row in ROWS {
            let values: Vec<&str> = matches
                .get_many::<String>(row.key)
                .map(|values| values.map(String::as_str).collect())
                .unwrap_or_default();
            let origin = match matches.value_source(row.key) {
                Some(ValueSource::EnvVariable) => Origin::Environment,
                _ => Origin::Flag,
            };
            if !values.is_empty() {
                args.given.push(Given {
                    key: row.key,
                    value: values.join(","),
                    origin,
                });
            }
        }
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = SettingsArgs::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for SettingsArgs {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new(FILE)
            .long(FILE)
            .env(FILE_VARIABLE)
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("A TOML file of settings; a flag or a variable goes before what it says");
        command.arg(file).args(ROWS.iter().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        SettingsArgs::augment_args(command)
    }
}

fn argument(row: &'static Row) -> Arg {
    let help = match row.default {
        "" => row.text.to_owned(),
        default => format!("{} [default: {default}]", row.text),
    };
    let argument = Arg::new(row.key)
        .long(row.flag)
        .env(row.env)
        .hide_env_values(true)
        .value_name(row.value)
        .help(help);
    let argument = match row.key.starts_with("limits.") {
        true => argument.help_heading("Limits"),
        false => argument,
    };
    match row.holds {
        Holds::Offices => argument.action(ArgAction::Append),
        Holds::Flag => argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        _ => argument,
    }
}

impl SettingsArgs {
    /// The settings in force; what is wrong with them has been printed, all at once.
    pub fn resolve(&self, color: bool, err: &mut dyn Write) -> io::Result<Result<Resolved, Exit>> {
        let mut sources = Sources::default();
        let file = match &self.file {
            None => None,
            Some(path) => match std::fs::read_to_string(path) {
                Ok(text) => Some(sources.add(path.display().to_string(), text)),
                Err(error) => {
                    writeln!(err, "{}: cannot be read: {error}", path.display())?;
                    return Ok(Err(Exit::Usage));
                }
            },
        };
        match resolve(&self.given, file, &sources) {
            Ok(resolved) => Ok(Ok(resolved)),
            Err(findings) => {
                let lang = Lang::En;
                common::findings(err, &sources, &findings, Look { color, lang })?;
                Ok(Err(Exit::Usage))
            }
        }
    }

    /// The arguments that say the same again, for a unit of the service manager: the file, then what stands before it.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["serve".to_owned()];
        if let Some(file) = &self.file {
            arguments.push(format!("--{FILE}={}", file.display()));
        }
        for given in &self.given {
            let row = ROWS.iter().find(|row| row.key == given.key);
            let flag = row.map_or(given.key, |row| row.flag);
            if matches!(row.map(|row| &row.holds), Some(Holds::Offices)) {
                let each = given.value.split(',');
                arguments.extend(each.map(|office| format!("--{flag}={}", office.trim())));
            } else {
                arguments.push(format!("--{flag}={}", given.value));
            }
        }
        arguments
    }
}

/// Prints each setting in force, its value, and where it comes from.
pub fn show(resolved: &Resolved, file: Option<&Path>, out: &mut dyn Write) -> io::Result<()> {
    let width = |text: &dyn Fn(&crate::server::settings::Shown) -> usize| {
        resolved.shown.iter().map(text).max().unwrap_or_default()
    };
    let (keys, values) = (
        width(&|shown| shown.key.len()),
        width(&|shown| shown.value.len()),
    );
    for shown in &resolved.shown {
        let origin = match (shown.origin, file) {
            (Origin::File, Some(file)) => format!("file {}", file.display()),
            (origin, _) => origin.text().to_owned(),
        };
        writeln!(
            out,
            "{:keys$}  {:values$}  {origin}",
            shown.key, shown.value
        )?;
    }
    Ok(())
}
