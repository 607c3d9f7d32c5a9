//! Publishes a .NET program with the SDK and ships it with the runtime.

use super::place::RunCommand;
use super::split::{Runtime, absolute, last_build, ship, single, started};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::report::Applicability;

/// Splits a single-stage `dotnet publish -o FOLDER` whose start command runs a
/// DLL of that folder. It must not apply to a self-contained publication,
/// which needs no runtime image.
pub const RECIPE: Recipe = Recipe {
    id: "dotnet-multi-stage",
    title: "Ship the published program on the runtime",
    why: "The SDK, the sources and NuGet's packages are needed to build, not to run: the ASP.NET runtime of the same version runs what dotnet publish wrote.",
    applicability: Applicability::Likely,
    rewrite,
};

const SDK: &str = "mcr.microsoft.com/dotnet/sdk";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = single(analysis)?;
    let tag = reference.strip_prefix(SDK)?.strip_prefix(':')?;
    let publishes = |command: &RunCommand| command.starts_with(&["dotnet", "publish"]);
    let (build, command) = last_build(analysis, stage, publishes)?;
    let output = absolute(build, &output(&command)?)?;
    let (start, words) = started(analysis, stage)?;
    let ["dotnet", program] = words.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return None;
    };
    let program = absolute(start, program)?;
    let inside = program.strip_prefix(&format!("{}/", output.trim_end_matches('/')))?;
    let plain = inside.ends_with(".dll") && !inside.contains('/') && output != "/";
    let contained = command.has(&["--self-contained", "--sc", "-r", "--runtime"])
        || command.words.iter().any(|word| word.contains("SelfContained"));
    let runtime = Runtime::of(format!("mcr.microsoft.com/dotnet/aspnet:{tag}"));
    (plain && !contained)
        .then(|| ship(analysis, stage, build, &runtime, output.trim_end_matches('/')))
}

/// The folder that a publication writes.
fn output(command: &RunCommand) -> Option<String> {
    let value = |at: usize, word: &str| match word.split_once('=') {
        Some(("-o" | "--output", value)) => Some(value.to_owned()),
        None if matches!(word, "-o" | "--output") => command.words.get(at + 1).cloned(),
        _ => None,
    };
    command.words.iter().enumerate().find_map(|(at, word)| value(at, word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn ships_what_was_published() {
        let before = "FROM mcr.microsoft.com/dotnet/sdk:8.0-alpine\nWORKDIR /src\nCOPY . .\nRUN dotnet publish -c Release -o /app\nENTRYPOINT [\"dotnet\", \"/app/Shop.dll\"]\n";
        let expected = "FROM mcr.microsoft.com/dotnet/sdk:8.0-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN dotnet publish -c Release -o /app\n\nFROM mcr.microsoft.com/dotnet/aspnet:8.0-alpine\nWORKDIR /src\nCOPY --from=build /app /app\nENTRYPOINT [\"dotnet\", \"/app/Shop.dll\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn the_programs_folder_may_be_named_after_it() {
        let before = "FROM mcr.microsoft.com/dotnet/sdk:9.0\nWORKDIR /src\nCOPY . .\nRUN dotnet publish -o /app\nWORKDIR /app\nENTRYPOINT [\"dotnet\", \"Shop.dll\"]\n";
        let expected = "FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build\nWORKDIR /src\nCOPY . .\nRUN dotnet publish -o /app\n\nFROM mcr.microsoft.com/dotnet/aspnet:9.0\nCOPY --from=build /app /app\nWORKDIR /app\nENTRYPOINT [\"dotnet\", \"Shop.dll\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN dotnet publish -c Release\nCMD dotnet bin/Release/net8.0/publish/a.dll",
            "RUN dotnet publish -o out --self-contained\nCMD dotnet out/a.dll",
            "RUN dotnet publish -o out\nCMD dotnet run",
            "RUN dotnet publish -o out\nCMD dotnet other/a.dll",
            "RUN dotnet publish -o out\nRUN dotnet test\nCMD dotnet out/a.dll",
        ] {
            let text = format!("FROM {SDK}:8.0\nWORKDIR /src\nCOPY . .\n{text}\n");
            assert_eq!(after(&RECIPE, &text), None, "{text}");
        }
    }
}
