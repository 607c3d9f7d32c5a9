use super::super::complete as ask;
use super::*;
use crate::data::Catalog;
use crate::report::Project;

/// The answer where `|` is, with a listing of the context.
fn answer(marked: &str, dockerignore: &str, context: Option<&str>) -> Completions {
    let offset = marked.find('|').unwrap();
    let project = Project {
        dockerfile: marked.replacen('|', "", 1),
        dockerignore: dockerignore.to_owned(),
        context: context.map(str::to_owned),
        ..Project::default()
    };
    ask(Catalog::complete(), &project, offset as u32)
}

fn texts(marked: &str) -> Vec<String> {
    answer(marked, "", None).items.into_iter().map(|item| item.text).collect()
}

fn one(marked: &str, text: &str) -> Completion {
    let found = answer(marked, "", None).items.into_iter().find(|item| item.text == text);
    found.unwrap_or_else(|| panic!("{text} after {marked}"))
}

#[test]
fn instructions_that_may_stand_there() {
    assert_eq!(texts("|"), ["ARG", "FROM"]);
    assert_eq!(texts("FROM a\nWO|\n"), ["WORKDIR"]);
    assert_eq!(texts("from a\nwo|\n"), ["workdir"]);
    assert_eq!(texts("FROM a\nEX|"), ["EXPOSE"]);
    assert_eq!(texts("AR|\nFROM a\n"), ["ARG"]);
    assert_eq!(texts("FROM a\n|\nCMD x\n").len(), 17);
    assert_eq!(texts("FROM a\nONBUILD |"), texts("FROM a\nONBUILD | \n"));
    assert!(!texts("FROM a\nONBUILD |").iter().any(|text| text == "FROM" || text == "ONBUILD"));
    assert_eq!(texts("FROM a\n# RU|\n"), Vec::<String>::new());
    assert_eq!(answer("FROM a\n  WO|\n", "", None).start, 9);
}

#[test]
fn flags_that_are_not_given_yet() {
    assert_eq!(texts("FROM a\nCOPY --ch|"), ["--chown=", "--chmod="]);
    assert_eq!(texts("FROM a\nCOPY --chown=x --ch| . ."), ["--chmod="]);
    assert_eq!(texts("FROM a\nRUN --mount=type=ssh --mo|"), ["--mount="]);
    assert_eq!(texts("FROM a\nCOPY --link --l|"), Vec::<String>::new());
    assert_eq!(texts("FROM a\nCOPY . --ch|"), Vec::<String>::new());
    assert_eq!(texts("FROM --platform=l|"), ["linux/amd64", "linux/arm64", "linux/arm/v7"]);
    assert_eq!(texts("FROM a\nRUN --network=n|"), ["none"]);
    assert!(one("FROM a\nCOPY --l|", "--link").info.unwrap().contains("stays cached"));
}

#[test]
fn options_of_mounts_by_their_type() {
    assert_eq!(texts("FROM a\nRUN --mount=type=c|"), ["cache"]);
    assert_eq!(texts("FROM a\nRUN --mount=t|"), ["type=", "target="]);
    assert_eq!(texts("FROM a\nRUN --mount=type=tmpfs,target=/x,|"), ["size="]);
    assert_eq!(texts("FROM a\nRUN --mount=type=cache,target=/x,sharing=l|"), ["locked"]);
    assert_eq!(texts("FROM a AS one\nFROM b\nRUN --mount=from=on|"), ["one"]);
    let listing = Some("10\tsrc/a.js\n");
    let found = answer("FROM a\nRUN --mount=type=bind,source=src/|", "", listing);
    assert_eq!(found.items[0].text, "a.js");
}

#[test]
fn stages_above_with_their_sizes() {
    let source = "FROM node:18 AS deps\nFROM alpine AS other\nFROM ";
    assert_eq!(texts(&format!("{source}d|"))[0], "deps");
    assert!(one(&format!("{source}de|"), "deps").size.unwrap().expected > 500_000_000);
    assert_eq!(texts(&format!("{source}|"))[..3], ["other", "deps", "alpine:"]);
    assert!(texts(&format!("{source}|")).contains(&"scratch".to_owned()));
    let copied = texts(&format!("{source}deps\nCOPY --from=|"));
    assert_eq!(copied, ["other", "deps"]);
    assert_eq!(texts("FROM a AS mine\nCOPY --from=mi|\n"), Vec::<String>::new());
    assert_eq!(texts("FROM node:18 |"), ["AS"]);
    assert_eq!(texts("FROM a AS later|"), Vec::<String>::new());
}

#[test]
fn images_and_their_tags_with_sizes() {
    let node = one("FROM nod|", "node:");
    assert_eq!(node.kind, CompletionKind::Repository);
    assert!(node.size.unwrap().expected > 500_000_000);
    let slim = one("FROM node:22-s|", "node:22-slim");
    assert!((100_000_000..400_000_000).contains(&slim.size.unwrap().expected));
    let tags = texts("FROM node:|");
    assert_eq!(tags.len(), MOST);
    assert_eq!(
        tags[..5],
        ["latest", "lts", "slim", "alpine", "26"].map(|tag| format!("node:{tag}"))
    );
    assert!(tags.iter().any(|tag| tag == "node:20"), "no point release comes before it");
    assert_eq!(texts("FROM scr|"), ["scratch"]);
    // What is compiled in knows fewer images, and says so.
    let project = Project { dockerfile: "FROM no".to_owned(), ..Project::default() };
    assert_eq!(ask(&Catalog::embedded(), &project, 7).wants, ["images"]);
}

#[test]
fn variables_of_the_place_with_their_values() {
    let source = "ARG VERSION=18\nFROM node:$VERSION AS a\nARG MODE=fast\nENV MORE=1\nRUN x\n";
    assert_eq!(texts(&format!("{source}WORKDIR /$MO|")), ["$MODE", "$MORE"]);
    assert_eq!(texts(&format!("{source}RUN echo \"${{MOD|")), ["${MODE}"]);
    let mode = one(&format!("{source}RUN echo $MO|"), "$MODE");
    assert_eq!(mode.info.as_deref(), Some("fast (ARG on line 3)"));
    assert!(one(&format!("{source}RUN $N|"), "$NODE_VERSION").info.unwrap().contains("image"));
    assert_eq!(texts("ARG VERSION=18\nFROM node:$VER|"), ["$VERSION"]);
    assert!(texts("FROM --platform=$BUILDP|").contains(&"$BUILDPLATFORM".to_owned()));
}

#[test]
fn packages_by_their_installer() {
    let curl = one("FROM debian:12-slim\nRUN apt-get update && apt-get install -y cur|", "curl");
    assert_eq!(curl.kind, CompletionKind::Package);
    assert!((1_000_000..50_000_000).contains(&curl.size.unwrap().expected), "{curl:?}");
    assert_eq!(
        texts("FROM alpine:3.20\nRUN apk add --no-cache \\\n  git \\\n  build-ba|"),
        ["build-base"]
    );
    assert!(texts("FROM python:3.12\nRUN pip install num|").contains(&"numpy".to_owned()));
    assert!(one("FROM node:22\nRUN npm i typesc|", "typescript").size.is_some());
    assert!(
        texts("FROM debian:12\nRUN <<EOF\napt-get install -y gi|\nEOF\n")
            .contains(&"git".to_owned())
    );
    assert_eq!(texts("FROM debian:12\nRUN apt-get update && apt-get rem|"), Vec::<String>::new());
    assert_eq!(texts("FROM python:3.12\nRUN pip install -r req|"), Vec::<String>::new());
    let project = Project {
        dockerfile: "FROM debian:12\nRUN apt-get install c".to_owned(),
        ..Project::default()
    };
    assert_eq!(ask(&Catalog::embedded(), &project, 36).wants, ["debian-bookworm"]);
}

#[test]
fn paths_of_the_context_and_of_stages() {
    let listing = Some("10\tpackage.json\n20\tsrc/a.js\n30\tsrc/lib/b.js\n40\tsecret.pem\n");
    let ask = |marked: &str| answer(marked, "*.pem\n", listing).items;
    let names = |items: &[Completion]| items.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
    let top = ask("FROM a\nCOPY |");
    assert_eq!(names(&top[..3]), ["package.json", "src/", "secret.pem"]);
    assert_eq!(top[1].size, Some(Range::exact(50)));
    assert!(top[2].info.as_ref().unwrap().contains(".dockerignore"));
    assert_eq!(names(&ask("FROM a\nCOPY pack| /app")), ["package.json"]);
    assert_eq!(names(&ask("FROM a\nCOPY ./src/|")), ["a.js", "lib/"]);
    assert_eq!(names(&ask("FROM a\nCOPY package.json src/li|")), ["lib/"]);
    let source =
        "FROM node:22 AS build\nWORKDIR /app\nCOPY src src\nFROM a\nCOPY --from=build /ap|";
    assert_eq!(names(&ask(source)), ["app/"]);
}

#[test]
fn words_of_other_instructions() {
    assert_eq!(texts("FROM a\nHEALTHCHECK N|"), ["NONE"]);
    assert_eq!(texts("FROM a\nSTOPSIGNAL SIGT|"), ["SIGTERM"]);
    assert_eq!(texts("FROM node:22\nUSER n|"), ["node"]);
    assert_eq!(texts("FROM node:22\nCOPY --chown=n|"), ["node"]);
    assert_eq!(texts("FROM a\nWORKDIR /x|"), Vec::<String>::new());
}

#[test]
fn parser_directives_at_the_top() {
    assert_eq!(texts("# sy|\nFROM a\n"), ["# syntax=docker/dockerfile:1"]);
    assert_eq!(texts("# syntax=x\n# |\nFROM a\n").len(), 3);
    assert_eq!(texts("FROM a\n# sy|\n"), Vec::<String>::new());
}

/// Whatever the place, there is an answer, and it is about what stands there.
#[test]
fn every_place_of_any_text_has_an_answer() {
    let texts = [
        "FROM node:22 AS é\nRUN <<A <<B\nx é\nA\n$y\nB\nCOPY --from=é \\\n # c\n a b\\",
        "# escape=`\r\nFROM a`\r\n b\r\nONBUILD RUN x\r\n",
        "RUN --mount=type=,x=\nONBUILD ONBUILD\nENV $\u{1f433}${a\n",
        "\u{feff}FROM\n\\\n\\",
    ];
    for text in texts {
        let project = Project { dockerfile: text.to_owned(), ..Project::default() };
        let units = text.encode_utf16().count() as u32;
        for offset in 0..=units + 1 {
            let found = ask(Catalog::complete(), &project, offset);
            assert!(found.start <= offset.min(units), "{text:?} {offset}");
            let _ = super::super::hover(Catalog::complete(), &project, offset);
        }
    }
}
