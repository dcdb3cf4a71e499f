//! The model's own tests.

#[path = "model/mod.rs"]
mod model;

#[test]
fn runs() {
    for seed in 0..300 {
        let journal = model::generate::journal(seed, 60);
        model::run(&journal);
    }
}
