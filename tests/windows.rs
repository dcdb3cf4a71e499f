//! Windows that move: again from a later start, of a deal, of the staff, and across a change of policy.

#[test]
fn the_stories_of_windows_come_out_as_told() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_panke"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let played = command.args(["test", "tests/windows/scenarios"]).output();
    let played = played.expect("the program starts");
    let said = String::from_utf8_lossy(&played.stdout);
    let wrong = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{said}\n{wrong}");
}
