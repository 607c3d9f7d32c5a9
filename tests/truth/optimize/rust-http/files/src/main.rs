//! Tells the time over HTTP.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

fn main() {
    let server = tiny_http::Server::http("0.0.0.0:18080").expect("a free port");
    for request in server.incoming_requests() {
        let now = OffsetDateTime::now_utc().format(&Rfc3339).expect("a time");
        let _ = request.respond(tiny_http::Response::from_string(format!("it is {now}\n")));
    }
}
