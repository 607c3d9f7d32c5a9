//! A small server of HTTP/1.1 for programs on this machine: whole answers to
//! GET and HEAD, one a connection.
//!
//! Text and wasm go out compressed where the client takes that, as static hosts
//! send them: measurements of the page count on it.
//!
//! Each connection has a thread of its own, so that none waits behind another:
//! browsers open several at once, and some that they never use.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Bytes of a request's first line and headers; browsers send about 1,000.
const LONGEST_HEAD: u64 = 64 << 10;
/// Bytes from which compressing is worth it: one packet holds fewer.
const LEAST_PACKED: usize = 1400;
/// Bytes from which compressing well takes a page's time.
const LARGE: usize = 1 << 20;
/// How long a client may go on sending what nobody reads.
const LINGER: Duration = Duration::from_secs(1);

/// An answer; its length and the end of the connection are said by the server.
pub struct Response {
    /// The code, such as 404.
    pub status: u16,
    /// Names and values, without line breaks.
    pub headers: Vec<(&'static str, String)>,
    /// The content, which HEAD leaves out.
    pub body: Vec<u8>,
}

/// Answers the paths of requests, as long as the program runs.
pub fn serve(listener: TcpListener, answer: impl Fn(&str) -> Response + Send + Sync + 'static) {
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            // A client that has gone away needs no answer.
            std::thread::spawn(move || connection(&stream, &*answer).ok());
        }
    });
}

fn connection(mut stream: &TcpStream, answer: &dyn Fn(&str) -> Response) -> io::Result<()> {
    let Some(Request { method, path, takes_gzip }) = request(stream)? else { return Ok(()) };
    let response = match method.as_str() {
        "GET" | "HEAD" => answer(&path),
        _ => Response { status: 405, headers: Vec::new(), body: b"only GET and HEAD".to_vec() },
    };
    let response =
        if takes_gzip && is_compressible(&response) { gzip(response)? } else { response };
    let mut bytes = head(&response).into_bytes();
    if method != "HEAD" {
        bytes.extend(response.body);
    }
    stream.write_all(&bytes)?;
    // Closing while the client still sends would take the answer from it.
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(LINGER))?;
    io::copy(&mut stream.take(LONGEST_HEAD), &mut io::sink())?;
    Ok(())
}

/// What of a request is of interest.
struct Request {
    method: String,
    path: String,
    takes_gzip: bool,
}

/// The request; nothing where the client sent no whole one.
fn request(stream: &TcpStream) -> io::Result<Option<Request>> {
    let mut lines = BufReader::new(stream.take(LONGEST_HEAD)).lines();
    let Some(first) = lines.next().transpose()? else { return Ok(None) };
    let mut takes_gzip = false;
    for line in lines {
        let line = line?.to_ascii_lowercase();
        takes_gzip |= line.starts_with("accept-encoding:") && line.contains("gzip");
        if line.is_empty() {
            let mut words = first.split(' ').map(str::to_owned);
            let pair = words.next().zip(words.next());
            return Ok(pair.map(|(method, path)| Request { method, path, takes_gzip }));
        }
    }
    Ok(None)
}

/// True for text and wasm; pictures and data packs are compressed as they are.
fn is_compressible(response: &Response) -> bool {
    const TYPES: [&str; 5] = [
        "text/",
        "application/json",
        "application/wasm",
        "application/manifest+json",
        "image/svg+xml",
    ];
    let mime = response.headers.iter().find(|(name, _)| *name == "Content-Type");
    response.body.len() >= LEAST_PACKED
        && mime.is_some_and(|(_, mime)| TYPES.iter().any(|t| mime.starts_with(t)))
}

/// The same, compressed: what is large quickly, for it is done for each request.
fn gzip(Response { status, mut headers, body }: Response) -> io::Result<Response> {
    let level = if body.len() < LARGE { Compression::default() } else { Compression::fast() };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(&body)?;
    headers.push(("Content-Encoding", "gzip".to_owned()));
    headers.push(("Vary", "Accept-Encoding".to_owned()));
    Ok(Response { status, headers, body: encoder.finish()? })
}

fn head(response: &Response) -> String {
    let Response { status, headers, body } = response;
    let length = [("Content-Length", body.len().to_string()), ("Connection", "close".to_owned())];
    let lines = headers.iter().chain(&length);
    let lines: String = lines.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    // Clients read the code; its words may be missing.
    format!("HTTP/1.1 {status} \r\n{lines}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn start() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        serve(listener, |path| {
            let headers = vec![("Content-Type", "text/plain".to_owned())];
            Response { status: 200, headers, body: path.into() }
        });
        address
    }

    fn exchange(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn whole_answers() {
        let address = start();
        let head = "HTTP/1.1 200 \r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\
            Connection: close\r\n\r\n";
        assert_eq!(
            exchange(address, "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n"),
            format!("{head}/a?b")
        );
        assert_eq!(exchange(address, "HEAD /a?b HTTP/1.1\r\n\r\n"), head);
        let post = format!("POST / HTTP/1.1\r\nContent-Length: 9000\r\n\r\n{}", "x".repeat(9000));
        assert!(exchange(address, &post).starts_with("HTTP/1.1 405 "));
    }

    #[test]
    fn long_texts_are_compressed_for_those_who_ask() {
        let address = start();
        let long = "x".repeat(LEAST_PACKED);
        let ask = format!("GET {long} HTTP/1.1\r\nAccept-Encoding: br, gzip\r\n\r\n");
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(ask.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let at = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
        assert!(String::from_utf8_lossy(&answer[..at]).contains("Content-Encoding: gzip"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(&answer[at..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, long);
        let plain = exchange(address, &format!("GET {long} HTTP/1.1\r\n\r\n"));
        assert!(plain.ends_with(&long) && !plain.contains("gzip"));
    }

    /// A browser's idle connections must not keep others from their answers.
    #[test]
    fn no_connection_waits_behind_another() {
        let address = start();
        let idle: Vec<_> = (0..40).map(|_| TcpStream::connect(address).unwrap()).collect();
        let client = || {
            for _ in 0..50 {
                let answer = exchange(address, "GET /page HTTP/1.1\r\n\r\n");
                assert!(answer.ends_with("\r\n\r\n/page"));
            }
        };
        std::thread::scope(|scope| (0..6).for_each(|_| drop(scope.spawn(client))));
        drop(idle);
    }
}
