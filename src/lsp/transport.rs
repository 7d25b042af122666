//! Turns standard input and output into a connection.
//!
//! The scaffold's own transport ends at the first message that cannot be read. Here such a message is answered, as JSON-RPC
//! wants it, and the next one is read; nothing but the end of the input, or a frame whose length is not known, ends it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use lsp_server::{Connection, ErrorCode, Message, RequestId};
use serde_json::{Value, json};

/// Longest message that is read: a text of this size is no state machine any more.
const MAX_BYTES: usize = 1 << 30;

type Output = Arc<Mutex<Box<dyn Write + Send>>>;

/// A connection that speaks over the two streams. What comes back with it ends when all is written.
pub(super) fn connect(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> (Connection, thread::JoinHandle<()>) {
    let (server, client) = Connection::memory();
    let Connection { sender, receiver } = client;
    let output: Output = Arc::new(Mutex::new(Box::new(output)));
    let answers = Arc::clone(&output);
    thread::spawn(move || {
        let mut input = BufReader::new(input);
        while let Ok(Some(text)) = frame(&mut input) {
            match parse(&text) {
                Ok(message) => {
                    if sender.send(message).is_err() {
                        break;
                    }
                }
                Err(answer) => write(&answers, |output| framed(output, &answer)),
            }
        }
    });
    let writer = thread::spawn(move || {
        for message in receiver {
            write(&output, |mut output| message.write(&mut output));
        }
    });
    (server, writer)
}

fn write(output: &Output, work: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
    // A client that does not listen any more has closed its other end too, where it is noticed.
    let _ = work(&mut **output).and_then(|()| output.flush());
}

fn framed(output: &mut dyn Write, value: &Value) -> io::Result<()> {
    let text = value.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())
}

/// The next message, as text; `None` at the end.
fn frame(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.take(1 << 16).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let header = line.trim_ascii();
        if header.is_empty() {
            // A blank line before any header is passed over.
            if length.is_some() {
                break;
            }
            continue;
        }
        let (name, value) = header.split_at(header.iter().position(|&byte| byte == b':').unwrap_or(header.len()));
        if name.trim_ascii().eq_ignore_ascii_case(b"content-length") {
            let value = std::str::from_utf8(value.get(1..).unwrap_or_default()).unwrap_or_default();
            length = value.trim().parse::<usize>().ok().filter(|&length| length <= MAX_BYTES);
            if length.is_none() {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }
    let length = length.unwrap_or_default();
    let mut text = Vec::new();
    input.take(length as u64).read_to_end(&mut text)?;
    Ok((text.len() == length).then_some(text))
}

/// A message, or the answer to what is none.
fn parse(text: &[u8]) -> Result<Message, Value> {
    let refused = |id: Value, code: ErrorCode, message: String| json!({"jsonrpc": "2.0", "id": id, "error": {"code": code as i32, "message": message}});
    let value: Value = serde_json::from_slice(text)
        .map_err(|error| refused(Value::Null, ErrorCode::ParseError, format!("not JSON: {error}")))?;
    let id = value.get("id").cloned();
    if let Some(id) = &id
        && !id.is_null()
        && serde_json::from_value::<RequestId>(id.clone()).is_err()
    {
        return Err(refused(
            Value::Null,
            ErrorCode::InvalidRequest,
            "an id is a string or a 32-bit integer".to_owned(),
        ));
    }
    let is_text = |name: &str| value.get(name).is_some_and(Value::is_string);
    let is_answer = value.get("result").is_some() || value.get("error").is_some();
    let is_message = is_text("method") || is_answer && id.is_some();
    if !is_message {
        let message = "a message has a `method`, or an `id` with `result` or `error`".to_owned();
        return Err(refused(id.unwrap_or_default(), ErrorCode::InvalidRequest, message));
    }
    serde_json::from_value(value)
        .map_err(|error| refused(id.unwrap_or_default(), ErrorCode::InvalidRequest, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_answered() {
        for (text, expected) in [
            ("{", "-32700"),
            ("[]", "-32600"),
            (r#"{"id": 1}"#, "-32600"),
            (r#"{"id": 1.5, "method": "x"}"#, "-32600"),
            (r#"{"id": 1, "method": 2}"#, "-32600"),
        ] {
            let answer = parse(text.as_bytes()).err().unwrap_or_default();
            assert_eq!(answer["error"]["code"].to_string(), expected, "{text}");
        }
        assert!(matches!(parse(br#"{"id": "a", "method": "x"}"#), Ok(Message::Request(_))));
        assert!(matches!(parse(br#"{"method": "x", "params": {}}"#), Ok(Message::Notification(_))));
        assert!(matches!(parse(br#"{"id": 3, "result": null}"#), Ok(Message::Response(_))));
    }

    #[test]
    fn frames_end_where_they_say() {
        let mut input = BufReader::new(
            &b"content-length: 2\r\nContent-Type: x\r\n\r\n{}Content-Length:3\n\nabcContent-Length: 9\r\n\r\n{"[..],
        );
        assert_eq!(frame(&mut input).ok().flatten().as_deref(), Some(&b"{}"[..]));
        assert_eq!(frame(&mut input).ok().flatten().as_deref(), Some(&b"abc"[..]));
        assert_eq!(frame(&mut input).ok().flatten(), None, "it ends too early");
        let mut input = BufReader::new(&b"Content-Length: x\r\n\r\n{}"[..]);
        assert!(frame(&mut input).is_err());
    }
}
