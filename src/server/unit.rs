//! A unit for systemd that starts the server with the settings that it was printed with.

use std::fmt::Write as _;
use std::path::Path;

const CANNOT_FAIL: &str = "writing to a string cannot fail";
/// Where a service keeps what is its own.
const STATE: &str = "/var/lib/panke";

/// The unit: the program and its arguments as they were given, the folder in which paths begin, and the data file.
pub fn unit(program: &Path, mut arguments: Vec<String>, folder: &Path, data: &Path) -> String {
    let mut service = String::from(SERVICE);
    if data.is_absolute() && !data.starts_with(STATE) {
        let own = data.parent().unwrap_or(data);
        let own = own.to_string_lossy().replace('%', "%%");
        writeln!(service, "{NAMED}ReadWritePaths={own}").expect(CANNOT_FAIL);
    } else {
        service.push_str(DYNAMIC);
        let name = data
            .file_name()
            .unwrap_or(data.as_os_str())
            .to_string_lossy();
        if data.is_relative() {
            arguments.retain(|argument| !argument.starts_with("--data="));
            arguments.push(format!("--data={STATE}/{name}"));
        }
    }
    let mut command = quoted(&program.to_string_lossy());
    for argument in &arguments {
        write!(command, " {}", quoted(argument)).expect(CANNOT_FAIL);
    }
    let folder = folder.to_string_lossy().replace('%', "%%");
    format!(
        "{HEAD}\n[Service]\nType=notify-reload\nExecStart={command}\nWorkingDirectory={folder}\n{service}\n{HARDENING}\n{INSTALL}"
    )
}

const HEAD: &str = "\
# Written by `panke serve --unit`. Put it at /etc/systemd/system/panke.service, then:
# systemctl daemon-reload && systemctl enable --now panke
[Unit]
Description=panke, the running office
Wants=network-online.target
After=network-online.target
";

const SERVICE: &str = "\
Restart=on-failure
RestartSec=1s
# 2: it cannot start, or the store failed. Somebody has to look; to start again would not help.
RestartPreventExitStatus=2
# It is told that what decides and what commits answer; the import of a large journal may keep it busy for a while.
WatchdogSec=120s
TimeoutStartSec=infinity
TimeoutStopSec=30s
LimitNOFILE=65536
UMask=0077
";

const DYNAMIC: &str = "\
# The data file is the service's own; the policies may stay where they are edited, if everybody may read them.
DynamicUser=yes
StateDirectory=panke
StateDirectoryMode=0700
";

const NAMED: &str = "\
# This user must be there, and own the folder of the data file.
User=panke
";

const HARDENING: &str = "\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
LockPersonality=yes
MemoryDenyWriteExecute=yes
PrivateDevices=yes
PrivateTmp=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=read-only
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
";

const INSTALL: &str = "\
[Install]
WantedBy=multi-user.target
";

/// An argument as a unit takes it: in quotes where it needs them, with `%` and `$` doubled.
fn quoted(text: &str) -> String {
    let text = text.replace('%', "%%").replace('$', "$$");
    let is_plain = |c: char| c.is_alphanumeric() || "%$_-./:=,@+[]".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str], data: &str) -> String {
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        unit(
            Path::new("/usr/bin/panke"),
            arguments,
            Path::new("/srv"),
            Path::new(data),
        )
    }

    #[track_caller]
    fn has(text: &str, line: &str) {
        assert!(
            text.lines().any(|it| it == line),
            "{line} is not in\n{text}"
        );
    }

    #[test]
    fn arguments_are_quoted_as_systemd_reads_them() {
        let cases = [
            ("--data=/var/lib/x.db", "--data=/var/lib/x.db"),
            ("a b", "\"a b\""),
            ("", "\"\""),
            ("100%", "100%%"),
            ("$HOME", "$$HOME"),
            ("a\"b\\", "\"a\\\"b\\\\\""),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn the_data_of_a_service_is_where_it_may_write() {
        let text = of(
            &["serve", "--data=my office.db", "--log=json"],
            "my office.db",
        );
        has(&text, "Type=notify-reload");
        has(
            &text,
            "ExecStart=/usr/bin/panke serve --log=json \"--data=/var/lib/panke/my office.db\"",
        );
        has(&text, "WorkingDirectory=/srv");
        has(&text, "RestartPreventExitStatus=2");
        has(&text, "DynamicUser=yes");
        let text = of(&["serve", "--data=/data/x.db"], "/data/x.db");
        has(&text, "ExecStart=/usr/bin/panke serve --data=/data/x.db");
        has(&text, "User=panke");
        has(&text, "ReadWritePaths=/data");
    }
}
