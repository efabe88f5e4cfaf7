//! `poolhouse bench`

pub async fn run(_seconds: u64) -> anyhow::Result<()> {
    Ok(())
}
