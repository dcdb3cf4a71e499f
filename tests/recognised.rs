//! Recognised at the door, and passed over without a row: what a clause alone answers.

#[test]
fn the_stories_of_recognised_come_out_as_told() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_panke"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let played = command
        .args(["test", "tests/recognised/scenarios"])
        .output();
    let played = played.expect("the program starts");
    let said = String::from_utf8_lossy(&played.stdout);
    let wrong = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{said}\n{wrong}");
}
