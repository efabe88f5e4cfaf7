//! Poolhouse, the command.

fn main() -> anyhow::Result<()> {
    poolhouse::boot::cli::run()
}
