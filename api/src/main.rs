//! The program `resellportal`; everything is in the library.

fn main() -> std::process::ExitCode {
    api::cli::main()
}
