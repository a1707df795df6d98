//! With feature `prost`: generates the owned protobuf types of `proto/profile.proto` from its checked-in
//! descriptor set, so that no protoc is needed. Without the feature: does nothing.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "prost")]
    prost_types();
}

#[cfg(feature = "prost")]
fn prost_types() {
    println!("cargo::rerun-if-changed=proto");
    prost_build::Config::new()
        .skip_protoc_run()
        .file_descriptor_set_path("proto/profile.fds")
        .compile_protos(&["proto/profile.proto"], &["proto"])
        .expect("proto/profile.fds is a valid descriptor set");
}
