//! What instructions, flags and directives do, in a sentence or two each.
//!
//! The behaviour is that of BuildKit's Dockerfile frontend 1.x.

use crate::syntax::Keyword;

/// What an instruction does.
pub(super) fn keyword(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::Add => {
            "Copies files like COPY, and also fetches URLs and Git repositories and unpacks local tar archives."
        }
        Keyword::Arg => {
            "Declares a build argument and its default. It is there during the build only; above the first FROM it is seen by FROM alone."
        }
        Keyword::Cmd => {
            "What a container runs when it is started without a command of its own; the last CMD counts. Adds no bytes."
        }
        Keyword::Copy => {
            "Copies files from the build context, or with --from from another stage or image, into a new layer. Runs again when a copied file changes."
        }
        Keyword::Entrypoint => {
            "The program that a container always starts; CMD or the command given becomes its arguments. Adds no bytes."
        }
        Keyword::Env => {
            "Sets environment variables for the instructions below and for the container. Adds no bytes."
        }
        Keyword::Expose => {
            "Notes the ports that the program listens on. It opens none: publish them when you run the container."
        }
        Keyword::From => {
            "Begins a stage on an image or on an earlier stage. Only what the last stage (or the target) holds is shipped."
        }
        Keyword::Healthcheck => {
            "A command that tells whether the container still works; its exit status 0 means healthy."
        }
        Keyword::Label => "Adds names and values to the image's description. Adds no bytes.",
        Keyword::Maintainer => "Names an author. Deprecated: use LABEL.",
        Keyword::Onbuild => "An instruction that runs when another build starts from this image.",
        Keyword::Run => {
            "Runs a command and stores the files that it changed as a layer. Runs again when the command, or anything above it, changes."
        }
        Keyword::Shell => "The shell for the shell form of RUN, CMD and ENTRYPOINT below.",
        Keyword::Stopsignal => {
            "The signal that asks the container to stop; SIGTERM if none is given."
        }
        Keyword::User => "The user for the instructions below and for the container.",
        Keyword::Volume => {
            "Paths that are kept outside of the container's layers when it runs. Changes made to them later in the build may be lost."
        }
        Keyword::Workdir => {
            "The working directory for the instructions below and for the container; it is made if it is not there."
        }
        Keyword::Unknown => "",
    }
}

/// What a flag does; nothing for one that is not known.
pub(super) fn flag(name: &str) -> &'static str {
    match name {
        "chown" => "Owner of the copied files: USER, USER:GROUP or numbers. Without it, root.",
        "chmod" => "Permissions of the copied files: 755, u=rwX,go=rX …",
        "link" => {
            "Makes a layer that does not depend on those below, so that it stays cached when they change."
        }
        "keep-git-dir" => "Keeps the .git folder of a Git source.",
        "checksum" => "What the fetched file has to be: sha256:… or a Git commit.",
        "unpack" => "Whether archives are unpacked.",
        "exclude" => "Leaves files that match a pattern out; may be given again.",
        "from" => "The stage or image to copy from, in place of the build context.",
        "parents" => "Keeps the folders that the sources stand in.",
        "platform" => {
            "The platform of the image. $BUILDPLATFORM keeps the stage native when you build for others."
        }
        "mount" => "Shows files to this command only; nothing of a mount is stored in the layer.",
        "network" => "Which network the command sees: default, none or host.",
        "security" => "insecure runs the command with all privileges; the builder must allow it.",
        "device" => "Gives the command a device, such as a GPU.",
        "interval" => "Time between two checks, 30s if it is not given.",
        "timeout" => "A check that takes longer has failed; 30s if it is not given.",
        "start-period" => "Time to start in which failures do not count.",
        "start-interval" => "Time between two checks while the container starts.",
        "retries" => "So many failures in a row make it unhealthy; 3 if it is not given.",
        _ => "",
    }
}

/// What an option of `--mount` does; nothing for one that is not known.
pub(super) fn mount_option(name: &str) -> &'static str {
    match name {
        "type" => "bind, cache, tmpfs, secret or ssh; bind if it is not given.",
        "target" => "Where it is seen.",
        "source" => "What of its origin is shown.",
        "from" => "The stage or image that the files come from.",
        "id" => "Its name: mounts of one name share what they hold.",
        "sharing" => "shared, private or locked: what builds at the same time do.",
        "required" => "Fails when it is not given to the build.",
        "readonly" => "Nothing can be written to it.",
        "rw" => "The command may write to it; what it writes is thrown away.",
        "size" => "Its greatest size.",
        "mode" => "Its permissions.",
        "uid" => "Its owner.",
        "gid" => "Its group.",
        "env" => "The variable that holds the secret.",
        _ => "",
    }
}

/// What a kind of mount is for.
pub(super) fn mount_kind(name: &str) -> &'static str {
    match name {
        "bind" => "Files of the context, a stage or an image, without copying them.",
        "cache" => "A folder that outlives the build: package managers find their downloads again.",
        "tmpfs" => "A folder in memory.",
        "secret" => "A secret as a file or a variable, never stored.",
        "ssh" => "The SSH agent of whoever builds.",
        _ => "",
    }
}

/// What a parser directive does.
pub(super) fn directive(name: &str) -> &'static str {
    match name {
        "syntax" => {
            "The frontend that reads this file; docker/dockerfile:1 is the newest stable one."
        }
        "escape" => "The character that continues a line; ` suits Windows paths.",
        "check" => "Which build checks are skipped, and whether they fail the build.",
        _ => "",
    }
}

/// Where a variable that the builder sets by itself comes from.
pub(super) const PLATFORM: &str = "set by the builder for linux/amd64";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::mount::MountKind;

    #[test]
    fn nothing_that_can_be_written_is_left_unexplained() {
        for known in Keyword::ALL {
            assert!(!keyword(known).is_empty(), "{known:?}");
            for name in known.flags() {
                assert!(!flag(name).is_empty(), "{name}");
            }
        }
        for kind in MountKind::ALL {
            assert!(!mount_kind(kind.name()).is_empty(), "{kind:?}");
            for name in kind.options() {
                assert!(!mount_option(name).is_empty(), "{name}");
            }
        }
    }
}
