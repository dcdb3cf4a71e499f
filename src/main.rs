//! The program: hands the command line to the library.

/// Threads free what others allocated, in a server: a tenth less time for each event of a batch
/// (`cargo bench --bench serve -- batches`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    panke::cli::main()
}
