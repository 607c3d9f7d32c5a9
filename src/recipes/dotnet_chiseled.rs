//! Starts a .NET program from a chiseled image.

use super::base::{is_smaller, listens_below_1024, needs_no_shell, shipped, swap};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::report::Applicability;
use crate::syntax::Variables;

/// Applies to a final stage on Microsoft's runtime images of .NET 8 and later
/// that only copies. It must not apply where the stage runs something, is
/// started through a shell or checks its health with a command, or where the
/// program listens below 1024: chiseled images have no shell and no root.
///
/// Trimming (`PublishTrimmed`) would save more, and is not proposed: ASP.NET
/// finds much by reflection, which trimming cannot see.
pub const RECIPE: Recipe = Recipe {
    id: "dotnet-chiseled",
    title: "Run on the chiseled variant of the runtime",
    why: "Chiseled Ubuntu has what .NET needs, a user without privileges, and nothing else: no shell and no package manager. The -extra variant also has ICU and time zones, as the plain image has.",
    applicability: Applicability::Likely,
    rewrite,
};

const REPOSITORIES: [&str; 2] =
    ["mcr.microsoft.com/dotnet/aspnet", "mcr.microsoft.com/dotnet/runtime"];

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = shipped(analysis)?;
    let (repository, tag) = reference.rsplit_once(':')?;
    let version = ["", "-bookworm-slim", "-noble", "-jammy"]
        .iter()
        .filter_map(|variant| tag.strip_suffix(variant))
        .find(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))?;
    let user = stage.end.user.as_str();
    let plain = matches!(user, "" | "app" | "$APP_UID" | "1654");
    if !REPOSITORIES.contains(&repository)
        || !plain
        || !needs_no_shell(analysis, stage)
        || listens_below_1024(analysis, stage)
    {
        return None;
    }
    let invariant = stage.end.environment.get("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");
    let extra = match invariant {
        Some("1" | "true") => "",
        _ => "-extra",
    };
    let image = format!("{repository}:{version}-noble-chiseled{extra}");
    let edit = swap(analysis, stage, &image)?;
    let verify = Some("docker build -t app . && docker run --rm app".to_owned());
    is_smaller(analysis, &image, reference).then(|| Rewrite {
        edits: vec![edit],
        verify,
        ..Rewrite::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    const BUILD: &str =
        "FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build\nRUN dotnet publish -o /app\n";

    fn base(image: &str, lines: &str) -> Option<String> {
        let text = format!("{BUILD}FROM {image}\nCOPY --from=build /app /app\n{lines}\n");
        let after = after(&RECIPE, &text)?;
        let (_, from) = after.rsplit_once("FROM ")?;
        from.split('\n').next().map(str::to_owned)
    }

    #[test]
    fn keeps_version_and_cultures() {
        let start = "ENTRYPOINT [\"dotnet\", \"/app/a.dll\"]";
        let aspnet = "mcr.microsoft.com/dotnet/aspnet";
        let expected = Some(format!("{aspnet}:8.0-noble-chiseled-extra"));
        assert_eq!(base(&format!("{aspnet}:8.0"), start), expected);
        assert_eq!(base(&format!("{aspnet}:8.0-bookworm-slim"), start), expected);
        let invariant = format!("ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1\n{start}");
        let expected = Some(format!("{aspnet}:10.0-noble-chiseled"));
        assert_eq!(base(&format!("{aspnet}:10.0"), &invariant), expected);
    }

    #[test]
    fn leaves_others_alone() {
        let start = "ENTRYPOINT [\"dotnet\", \"/app/a.dll\"]";
        let aspnet = "mcr.microsoft.com/dotnet/aspnet";
        for (tag, lines) in [
            ("6.0", start.to_owned()),
            ("8.0-alpine", start.to_owned()),
            ("8.0", format!("RUN apt-get update\n{start}")),
            ("8.0", "CMD dotnet /app/a.dll".to_owned()),
            ("8.0", "ENTRYPOINT [\"/app/start.sh\"]".to_owned()),
            ("8.0", format!("HEALTHCHECK CMD curl -f http://localhost\n{start}")),
            ("8.0", format!("EXPOSE 80\n{start}")),
            ("8.0", format!("ENV ASPNETCORE_URLS=http://+:80\n{start}")),
            ("8.0", format!("USER www\n{start}")),
        ] {
            assert_eq!(base(&format!("{aspnet}:{tag}"), &lines), None, "{tag} {lines}");
        }
    }
}
