//! Judges in other languages: small programs that read cases from their input and write a line for each.
//!
//! A case is, all numbers big-endian: 1 octet of flags (1 policy required, 2 mapping forbidden, 4 anyPolicy
//! forbidden, 8 revocation required), 1 octet of purpose (0 any, 1 client authentication, 2 e-mail), 8 octets of
//! seconds since 1970, then four lists: policies as text, certificates (anchor, target), other certificates, CRLs.
//! A list is 4 octets of count, and for each member 4 octets of length and its octets.

use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, thread};

use crate::case::{Case, Use, Verdict};

/// A program that was built, or the reason why there is none.
pub struct Judge {
    pub name: &'static str,
    command: Vec<String>,
}

/// OpenSSL's library of this machine, through a program in C. Needs its headers and `cc`.
pub fn openssl(work: &Path) -> Result<Judge, String> {
    let (source, program) = (work.join("openssl.c"), work.join("openssl"));
    fs::write(&source, include_str!("../../judges/openssl.c")).map_err(|error| error.to_string())?;
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".into());
    run(Command::new(compiler)
        .args(["-O2", "-Wall", "-Werror", "-o"])
        .arg(&program)
        .arg(&source)
        .arg("-lcrypto"))?;
    Ok(Judge { name: "openssl", command: vec![program.display().to_string()] })
}

/// Go's crypto/x509, where there is a Go.
pub fn go(work: &Path) -> Result<Judge, String> {
    let (source, program) = (work.join("judge.go"), work.join("go-x509"));
    fs::write(&source, include_str!("../../judges/judge.go")).map_err(|error| error.to_string())?;
    let go = ["go", "/usr/local/go/bin/go", "/usr/bin/go", "/usr/lib/go/bin/go"];
    let go =
        go.into_iter().find(|go| Command::new(go).arg("version").output().is_ok()).ok_or("there is no Go")?;
    let caches = [("GOCACHE", work.join("go-cache")), ("GOPATH", work.join("go-path"))];
    run(Command::new(go).args(["build", "-o"]).arg(&program).arg(&source).envs(caches))?;
    Ok(Judge { name: "go", command: vec![program.display().to_string()] })
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

impl Judge {
    /// The verdicts, in order.
    pub fn judge(&self, cases: &[Case]) -> Result<Vec<Verdict>, String> {
        let mut child = Command::new(&self.command[0])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let input = child.stdin.take().expect("it is piped");
        let mut text = String::new();
        thread::scope(|scope| {
            let writer = scope.spawn(move || {
                let mut input = BufWriter::new(input);
                cases.iter().try_for_each(|case| input.write_all(&encoded(case)))?;
                input.flush()
            });
            let read = child.stdout.take().expect("it is piped").read_to_string(&mut text);
            writer.join().expect("it does not panic").and(read.map(|_| ()))
        })
        .map_err(|error| format!("{}: {error}", self.name))?;
        let status = child.wait().map_err(|error| error.to_string())?;
        let verdicts: Vec<_> = text.lines().map(verdict).collect();
        if !status.success() || verdicts.len() != cases.len() {
            return Err(format!("{} ended after {} of {} cases", self.name, verdicts.len(), cases.len()));
        }
        Ok(verdicts)
    }
}

fn verdict(line: &str) -> Verdict {
    match line {
        "valid" => Verdict::Valid,
        "unasked" => Verdict::Unasked,
        reason => Verdict::Invalid(reason.into()),
    }
}

fn encoded(case: &Case) -> Vec<u8> {
    let demands = &case.demands;
    let flags =
        [demands.require_policy, demands.forbid_mapping, demands.forbid_any_policy, demands.revocation];
    let flags = flags.iter().rev().fold(0, |flags, flag| flags << 1 | u8::from(*flag));
    let purpose = match demands.purpose {
        Use::Any => 0,
        Use::ClientAuthentication => 1,
        Use::Email => 2,
    };
    let mut bytes = vec![flags, purpose];
    bytes.extend(case.at.to_be_bytes());
    list(&mut bytes, demands.policies.iter().map(String::as_bytes));
    list(&mut bytes, [&case.anchor[..], &case.target].into_iter());
    list(&mut bytes, case.path.iter().chain(&case.strays).map(Vec::as_slice));
    list(&mut bytes, case.crls.iter().map(Vec::as_slice));
    bytes
}

fn list<'a>(bytes: &mut Vec<u8>, members: impl Iterator<Item = &'a [u8]> + Clone) {
    let length = |length: usize| u32::try_from(length).expect("small").to_be_bytes();
    bytes.extend(length(members.clone().count()));
    for member in members {
        bytes.extend(length(member.len()));
        bytes.extend(member);
    }
}
