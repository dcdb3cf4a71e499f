//! What the service manager hears: ready, reloading, ready again, alive, stopping; and the unit that it is given.

use crate::serve::server::{Place, now};
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

/// A service manager that listens.
struct Manager {
    socket: UnixDatagram,
}

impl Manager {
    fn of(place: &Place) -> Manager {
        let socket = UnixDatagram::bind(place.path().join("notify")).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        Manager { socket }
    }

    /// Waits for a message that holds a line, and gives all of it; those before it must be among `between`.
    fn hear(&self, line: &str, between: &[&str]) -> String {
        let begun = now();
        let mut bytes = [0; 4096];
        loop {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{line} was not heard"
            );
            let Ok(length) = self.socket.recv(&mut bytes) else {
                continue;
            };
            let message = String::from_utf8_lossy(&bytes[..length]).into_owned();
            if message.lines().any(|it| it == line) {
                return message;
            }
            let allowed = message
                .lines()
                .all(|it| between.iter().any(|start| it.starts_with(start)));
            assert!(allowed, "{message} came before {line}");
        }
    }
}

#[test]
fn the_service_manager_hears_how_it_goes_in_order() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("none")).unwrap();
    let manager = Manager::of(&place);
    let mut command = Command::new(env!("CARGO_BIN_EXE_panke"));
    command
        .args(place.arguments(&place.data()))
        .args(["--scenarios", "none"])
        .env("NOTIFY_SOCKET", place.path().join("notify"))
        .env("WATCHDOG_USEC", "400000");
    let mut server = place.spawn_as(command);
    manager.hear("READY=1", &["STATUS=", "WATCHDOG=1"]);
    place.await_ready(&mut server);
    manager.hear("WATCHDOG=1", &["STATUS="]);
    server.signal("HUP");
    let reloading = manager.hear("RELOADING=1", &["STATUS=", "WATCHDOG=1"]);
    assert!(
        reloading
            .lines()
            .any(|line| line.starts_with("MONOTONIC_USEC=")),
        "{reloading}"
    );
    manager.hear("READY=1", &["STATUS=", "WATCHDOG=1"]);
    server.signal("TERM");
    manager.hear("STOPPING=1", &["STATUS=", "WATCHDOG=1"]);
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn the_unit_starts_the_server_with_the_settings_that_it_was_printed_with() {
    let place = Place::new();
    let (status, unit) = place.panke(&[
        "serve",
        "--unit",
        "--data",
        "/var/lib/panke/office.db",
        "--log=json",
    ]);
    assert_eq!(status, Some(0), "{unit}");
    let command = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="))
        .unwrap();
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some(env!("CARGO_BIN_EXE_panke")));
    let rest: Vec<&str> = words.collect();
    assert_eq!(
        rest,
        ["serve", "--data=/var/lib/panke/office.db", "--log=json"]
    );
    let (status, shown) = place.panke(&[&rest[..], &["--show-settings"]].concat());
    assert_eq!(status, Some(0), "{shown}");
    for line in [
        "Type=notify-reload",
        "Restart=on-failure",
        "RestartPreventExitStatus=2",
        "StateDirectory=panke",
        "WatchdogSec=120s",
    ] {
        assert!(
            unit.lines().any(|it| it == line),
            "{line} is not in\n{unit}"
        );
    }
}
