//! The server embeds the built site: a folder that cargo does not see as a source by itself.

fn main() {
    println!("cargo:rerun-if-env-changed=LEPTOS_SITE_ROOT");
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return;
    }
    // Without a built site (a plain `cargo check`) there is an empty one.
    let site = std::env::var("LEPTOS_SITE_ROOT").unwrap_or_else(|_| format!("{}/site", std::env::var("OUT_DIR").unwrap_or_default()));
    std::fs::create_dir_all(&site).expect("the folder of the built site");
    println!("cargo:rerun-if-changed={site}");
    println!("cargo:rustc-env=POOLHOUSE_SITE={site}");
}
