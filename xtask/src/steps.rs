//! Steps: what is being done, how long it took, and how to fix it when it
//! fails.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Does something, saying what and for how long.
pub fn step<T>(what: &str, action: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("→ {what}");
    let start = Instant::now();
    let result = action();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    println!("{mark} {what} ({})", seconds(start.elapsed()));
    result
}

/// A duration for a person.
pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Runs a command to its end; `fix` says what to do when it fails.
pub fn run(command: &mut Command, fix: &str) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| advice(&format!("cannot start {}", line(command)), fix))?;
    check(command, status, fix)
}

/// Runs a command and returns what it prints.
pub fn output(command: &mut Command, fix: &str) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| advice(&format!("cannot start {}", line(command)), fix))?;
    check(command, output.status, fix)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command, passing its lines on and returning them with its status.
pub fn tee(command: &mut Command) -> Result<(ExitStatus, Vec<String>)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", line(command)))?;
    let mut lines = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for bytes in BufReader::new(stdout).split(b'\n') {
            let text = String::from_utf8_lossy(&bytes?).into_owned();
            println!("{text}");
            lines.push(text);
        }
    }
    std::io::stdout().flush()?;
    Ok((child.wait()?, lines))
}

/// Runs a command quietly for at most `limit`; true when it succeeds.
pub fn try_for(command: &mut Command, limit: Duration) -> bool {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    child.is_ok_and(|child| ends_well(child, Instant::now() + limit))
}

fn ends_well(mut child: Child, deadline: Instant) -> bool {
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(50)),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

fn check(command: &Command, status: ExitStatus, fix: &str) -> Result<()> {
    if !status.success() {
        bail!(advice(&format!("{} failed ({status})", line(command)), fix));
    }
    Ok(())
}

/// An error message with its remedy.
pub fn advice(message: &str, fix: &str) -> String {
    format!("{message}\n  fix: {fix}")
}

/// An error and its causes, one a line.
pub fn explain(error: &anyhow::Error) -> String {
    let mut text = format!("error: {error}");
    for cause in error.chain().skip(1) {
        text += &format!("\n  because: {cause}");
    }
    text
}

/// The command as one would type it.
fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy()));
    format!("`{}`", words.join(" "))
}
