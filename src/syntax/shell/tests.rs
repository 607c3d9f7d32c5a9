//! What scripts are read as, written in a compact form.

use super::*;

/// The words of a script's commands, nested commands in brackets.
fn outline(text: &str) -> String {
    let script = parse(text);
    let errors: Vec<_> = script.errors.iter().map(|error| error.message.as_str()).collect();
    let list = list_outline(&script.list);
    if errors.is_empty() { list } else { format!("{list} !! {}", errors.join(" !! ")) }
}

fn list_outline(list: &List) -> String {
    let items = list.items.iter().map(|item| {
        let mut text = pipeline_outline(&item.first);
        for (operator, pipeline) in &item.rest {
            text += if *operator == AndOrOperator::And { " && " } else { " || " };
            text += &pipeline_outline(pipeline);
        }
        text + if item.background { " &" } else { "" }
    });
    items.collect::<Vec<_>>().join("; ")
}

fn pipeline_outline(pipeline: &Pipeline) -> String {
    let commands: Vec<_> = pipeline.commands.iter().map(command_outline).collect();
    let not = if pipeline.negated { "! " } else { "" };
    format!("{not}{}", commands.join(" | "))
}

fn command_outline(command: &ShellCommand) -> String {
    let mut text = kind_outline(&command.kind);
    for redirection in &command.redirections {
        let descriptor = redirection.descriptor.map(|d| d.to_string()).unwrap_or_default();
        let target = word_outline(&redirection.target);
        text += &format!(" {descriptor}{}{target}", redirection.operator);
        text += &redirection.heredoc.as_ref().map(|h| format!("{h:?}")).unwrap_or_default();
    }
    text.trim_start().to_owned()
}

fn kind_outline(kind: &CommandKind) -> String {
    match kind {
        CommandKind::Simple(command) => {
            let assignments = command.assignments.iter().map(|assignment| {
                let sign = if assignment.append { "+=" } else { "=" };
                format!("{}{sign}{}", assignment.name, word_outline(&assignment.value))
            });
            let words = command.words.iter().map(word_outline);
            assignments.chain(words).collect::<Vec<_>>().join(" ")
        }
        CommandKind::Subshell(list) => format!("( {} )", list_outline(list)),
        CommandKind::Group(list) => format!("{{ {} }}", list_outline(list)),
        CommandKind::If { branches, otherwise } => {
            let branches = branches.iter().map(|(condition, list)| {
                format!("[{} -> {}]", list_outline(condition), list_outline(list))
            });
            let otherwise = otherwise.iter().map(|list| format!("[else {}]", list_outline(list)));
            format!("if{}", branches.chain(otherwise).collect::<String>())
        }
        CommandKind::For { variable, words, body } => {
            let words = words.as_ref().map(|words| words_outline(words));
            format!("for {variable} in {words:?} [{}]", list_outline(body))
        }
        CommandKind::While { condition, body, until } => {
            let word = if *until { "until" } else { "while" };
            format!("{word} [{}] [{}]", list_outline(condition), list_outline(body))
        }
        CommandKind::Case { subject, arms } => {
            let arms = arms.iter().map(|(patterns, list)| {
                format!("[{} -> {}]", words_outline(patterns), list_outline(list))
            });
            format!("case {} {}", word_outline(subject), arms.collect::<String>())
        }
        CommandKind::Function { name, body } => format!("{name}() {}", command_outline(body)),
        CommandKind::Conditional(words) => format!("[[{}]]", words_outline(words)),
        CommandKind::Arithmetic(text) => format!("(({text}))"),
    }
}

fn words_outline(words: &[ShellWord]) -> String {
    words.iter().map(word_outline).collect::<Vec<_>>().join(" ")
}

fn word_outline(word: &ShellWord) -> String {
    word.parts.iter().map(part_outline).collect()
}

/// Quoted text in ‹›, double quotes in «».
fn part_outline(part: &WordPart) -> String {
    match part {
        WordPart::Literal(text) => text.clone(),
        WordPart::Quoted(text) => format!("‹{text}›"),
        WordPart::DoubleQuoted(parts) => {
            format!("«{}»", parts.iter().map(part_outline).collect::<String>())
        }
        WordPart::Parameter { name, operator, length } => {
            let length = if *length { "#" } else { "" };
            let operator = operator
                .as_deref()
                .map(|(sign, word)| format!("{sign}{}", word_outline(word)))
                .unwrap_or_default();
            format!("${{{length}{name}{operator}}}")
        }
        WordPart::Substitution(script) => format!("$({})", list_outline(&script.list)),
        WordPart::Arithmetic(text) => format!("$(({text}))"),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(outline(text), expected, "{text}");
}

#[test]
fn lists_and_pipelines() {
    check("a b && c || d; e & f", "a b && c || d; e &; f");
    check("! a | b |& c", "! a | b | c");
    check("a &&\n # why\n b", "a && b");
    check("a # && b\nc", "a; c");
    check("a\\\n b \\\r\n c", "a b c");
    check("a;;b", "a; b !! unexpected `;;`");
    check("", "");
}

#[test]
fn words_and_quotes() {
    check(r#"echo 'a b' "c $d" e\ f g"h"'i'"#, "echo ‹a b› «‹c ›${d}» e‹ ›f g«‹h›»‹i›");
    check(r#"echo "a\"b\$c\d""#, r#"echo «‹a"b$c\d›»"#);
    check(r"echo $'a\tb\x41\101\'' $x $1 $? $", "echo ‹a\tbAA'› ${x} ${1} ${?} $");
    check("a*b ~/x {a,b} [ab]", "a*b ~/x {a,b} [ab]");
    check("ls @(a|b) !(c)", "ls @(a|b) !(c)");
    check("echo a#b #c", "echo a#b");
}

#[test]
fn expansions() {
    check(
        "echo ${a} ${#b} ${c:-d e} ${f##*/} ${g//x/y} ${h[0]} ${!i}",
        "echo ${a} ${#b} ${c:-d e} ${f##*/} ${g//x/y} ${h} ${i!}",
    );
    check(r#"echo "${a:-it's "$b"}""#, "echo «${a:-it‹'›s «${b}»}»");
    check("echo $(a | b $(c)) `d \\`e\\` f`", "echo $(a | b $(c)) $(d $(e) f)");
    check("echo $((1 + (2))) $((a) || (b))", "echo $((1 + (2))) $(( a ) || ( b ))");
    check("diff <(a) >(b)", "diff $(a) $(b)");
}

#[test]
fn assignments() {
    check("A=1 B+='2' cmd C=3", "A=1 B+=‹2› cmd C=3");
    check("A= B=$(c)", "A= B=$(c)");
    check("a=(1 '2'\n 3) b[1]=x", "a=1 ‹2› 3 b=x");
    check("declare -a x=(1 2)", "declare -a x=1 2");
}

#[test]
fn compound_commands() {
    check("if a; then b; elif c; then d; else e; fi", "if[a -> b][c -> d][else e]");
    check("for x in a b; do c; done", "for x in Some(\"a b\") [c]");
    check("for x\ndo c; done", "for x in None [c]");
    check("for ((i=0; i<3; i++)); do c; done", "for  in Some(\"\") [c]");
    check("while a; do b; done | c", "while [a] [b] | c");
    check("until a; do b; done >x 2>&1", "until [a] [b] >x 2>&1");
    check("case $x in a|b) c ;; (d) e;; *) f; esac", "case ${x} [a b -> c][d -> e][* -> f]");
    check("{ a; b; } && (c; d)", "{ a; b } && ( c; d )");
    check("f() { a; }; function g { b; }; f", "f() { a }; g() { b }; f");
    check("[[ $a == b* && ! -f c ]] || ((x > 1))", "[[${a} == b* && ! -f c]] || ((x > 1))");
    check("[[ $a =~ ^(x|y)$ ]]", "[[${a} =~ ^(x|y)$]]");
    check("echo if then fi done }", "echo if then fi done }");
}

#[test]
fn redirections() {
    check("a >b 2>>c <d &>e >|f 3<&- >&2", "a >b 2>>c <d &>e >|f 3<&- >&2");
    check(">a", ">a");
    check("a <<< 'b'", "a <<<‹b›");
    check("a 2x>b", "a 2x >b");
    check("a >", "a > !! expected a word after `>`");
}

#[test]
fn heredocs() {
    check("cat <<EOF | b\n$x\n  EOF\nEOF\nc", "cat <<EOF\"$x\\n  EOF\\n\" | b; c");
    check("cat <<-'E' >f\n\ta\n\tE\nb", "cat <<-‹E›\"a\\n\" >f; b");
    check("a <<X <<Y\n1\nX\n2\nY\n", "a <<X\"1\\n\" <<Y\"2\\n\"");
    check("x=$(cat <<E\na)\nE\n) && b", "x=$(cat <<E\"a)\\n\") && b");
    check("a <<E \\\n && b\n1\nE\nc", "a <<E\"1\\n\" && b; c");
    check("a <<E", "a <<E\"\" !! the here-document is not closed by `E`");
}

#[test]
fn recovers_from_errors() {
    check("a ) b", "a; b !! unexpected `)`");
    check("&& a", "a !! unexpected `&&`");
    check("if a; then b", "if[a -> b] !! expected `fi`");
    check("a 'b", "a ‹b› !! `'` is not closed by `'`");
    check("a $(b", "a $(b) !! `$(` is not closed by `)`");
    check("a foo(bar) c", "a foo bar; c !! unexpected `(` !! unexpected `)`");
    check("$(a; done; b) c", "$(a; b) c !! unexpected `done`");
    check("case x in", "case x  !! `case` is not closed by `esac`");
}

#[test]
fn spans_lead_back_to_the_text() {
    let text = "A=1 cmd --x \"y z\" && `echo \\`b\\``";
    let script = parse(text);
    let item = &script.list.items[0];
    let CommandKind::Simple(first) = &item.first.commands[0].kind else { panic!("simple") };
    assert_eq!(&text[first.words[2].span.range()], "\"y z\"");
    assert_eq!(&text[first.assignments[0].span.range()], "A=1");
    assert_eq!(&text[item.span.range()], text);
    let CommandKind::Simple(second) = &item.rest[0].1.commands[0].kind else { panic!("simple") };
    let [WordPart::Substitution(inner)] = &*second.words[0].parts else { panic!("one") };
    assert_eq!(&text[inner.list.items[0].span.range()], "echo \\`b\\`");
}

/// Found by fuzzing.
#[test]
fn a_missing_subject_of_case_has_its_place() {
    let script = parse("a; case ");
    let CommandKind::Case { subject, .. } = &script.list.items[1].first.commands[0].kind else {
        panic!("case")
    };
    assert_eq!(subject.span, Span::new(8, 8));
}

#[test]
fn deep_nesting_is_given_up() {
    for open in
        ["(", "$(", "${x:-", "{ ", "if ", "\"$(", "f() ", "while ", "$((", "[[ $(", "case x in a) "]
    {
        let script = parse(&open.repeat(100_000));
        assert!(!script.errors.is_empty(), "{open}");
    }
    assert_eq!(parse(&("(".repeat(60) + "a" + &")".repeat(60))).errors, []);
}

/// These would run for minutes if anything were quadratic.
#[test]
fn long_scripts_take_linear_time() {
    let many = 20_000;
    for text in [
        "a && ".repeat(many),
        "$((a ".repeat(many),
        "$((echo \"(\") ".repeat(many),
        "cat <<E ".repeat(many),
        "cat <<E\nE\n".repeat(many),
        "'\"".repeat(many),
        "\"`".repeat(many),
        "a[".repeat(many),
        "${a[".repeat(many),
        "foo(".repeat(many),
        ") ; ;; ".repeat(many),
        "((a) ".repeat(many),
        "x=(".repeat(many),
        "@(".repeat(many),
        "a |\n".repeat(many),
    ] {
        let started = std::time::Instant::now();
        parse(&text);
        assert!(started.elapsed().as_secs() < 10, "{:?}", &text[..10]);
    }
}
