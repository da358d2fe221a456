//! Entry point of the browser app; everything is in the library.

fn main() {
    frontend::run();
}
