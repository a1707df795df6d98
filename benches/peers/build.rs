//! Views of profile.proto, from the descriptor set that godiag's own build uses.

fn main() {
    println!("cargo::rerun-if-changed=../../proto/profile.fds");
    let views =
        buffa_build::Config::new().descriptor_set("../../proto/profile.fds").files(&["profile.proto"]);
    views.generate_views(true).lazy_views(true).compile().expect("a valid descriptor set");
}
