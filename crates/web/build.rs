//! Says that the program is built anew when the console was.

#![expect(clippy::print_stdout, reason = "cargo is told so")]

fn main() {
    println!("cargo::rerun-if-changed=../../console/dist");
}
