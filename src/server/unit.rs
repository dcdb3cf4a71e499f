//! A unit for systemd that starts the server with the settings that it was printed with.

use std::fmt::Write as _;
use std::path::Path;

const CANNOT_FAIL: &str = "writing to a string cannot fail";

/// The unit: the program and its arguments, each as it was given, and the folder in which paths begin.
pub fn unit(program: &Path, arguments: &[String], folder: &Path) -> String {
    let mut command = quoted(&program.to_string_lossy());
    for argument in arguments {
        write!(command, " {}", quoted(argument)).expect(CANNOT_FAIL);
    }
    let folder = folder.to_string_lossy().replace('%', "%%");
    format!(
        "{HEAD}\n[Service]\nType=notify-reload\nExecStart={command}\nWorkingDirectory={folder}\n{SERVICE}\n{HARDENING}\n{INSTALL}"
    )
}

const HEAD: &str = "\
[Unit]
Description=panke, the running office
Documentation=https://www.freedesktop.org/software/systemd/man/systemd.service.html
Wants=network-online.target
After=network-online.target
";

const SERVICE: &str = "\
# The policies may stay where they are edited; the data file belongs to the service.
DynamicUser=yes
StateDirectory=panke
StateDirectoryMode=0700
UMask=0077
Restart=on-failure
RestartSec=1s
# 2: it cannot start, or the store failed. Somebody has to look; to start again would not help.
RestartPreventExitStatus=2
WatchdogSec=30s
TimeoutStopSec=30s
LimitNOFILE=65536
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
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_unit_says_what_a_manager_needs() {
        let arguments = [
            "serve".to_owned(),
            "--data".to_owned(),
            "my office.db".to_owned(),
        ];
        let text = unit(Path::new("/usr/bin/panke"), &arguments, Path::new("/srv"));
        for line in [
            "Type=notify-reload",
            "ExecStart=/usr/bin/panke serve --data \"my office.db\"",
            "WorkingDirectory=/srv",
            "RestartPreventExitStatus=2",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
    }
}
