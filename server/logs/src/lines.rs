//! Takes a file apart into lines: plain or gzip, told by its first bytes and not by its name.
//!
//! Memory is one buffer. A line longer than a load balancer writes is passed over, and gzip data
//! that expand without end are given up.

use crate::row::Reject;
use domain::limits;
use flate2::bufread::MultiGzDecoder;
use memchr::memchr;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};

/// How much is read at a time.
const CHUNK_BYTES: usize = 256 << 10;
/// What is kept of an overlong line: one more than is shown, so that a cut is seen.
const SAMPLE_BYTES: usize = limits::LOG_SAMPLE_BYTES_MAX + 1;
/// What is wrong with it.
const TOO_LONG: Reject = Reject::TooLong(limits::LOG_LINE_BYTES_MAX);
/// How a gzip file begins.
const GZIP: &[u8] = b"\x1f\x8b";
/// What some programs write before a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A line: what stands on it, or its beginning and what is wrong.
pub type Line<'a> = Result<&'a [u8], (&'a [u8], Reject)>;

/// Reads lines.
#[derive(Debug)]
pub struct LineReader<R> {
    source: Source<R>,
    buffer: Vec<u8>,
    /// What of the buffer is read and not yet told.
    start: usize,
    end: usize,
    number: u64,
    expanded_bytes: u64,
    ended: bool,
}

#[derive(Debug)]
enum Source<R> {
    Plain(BufReader<R>),
    Gzip(Box<MultiGzDecoder<Counted<R>>>),
}

/// Counts what is read of a file.
#[derive(Debug)]
struct Counted<R> {
    reader: BufReader<R>,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bytes += u64::try_from(read).unwrap_or(u64::MAX);
        Ok(read)
    }
}

impl<R: Read> io::BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.bytes += u64::try_from(bytes).unwrap_or(u64::MAX);
        self.reader.consume(bytes);
    }
}

/// What a look into the buffer and one reading found.
enum Found {
    /// A line from `start` until here.
    Line(usize),
    /// Nothing more comes; what is left begins at `start`.
    End,
    /// The gzip data end here, not as they should.
    Broken(Reject),
    /// The line is longer than any.
    TooLong,
}

impl<R: Read> LineReader<R> {
    /// Looks at the first bytes.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn new(file: R) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(CHUNK_BYTES, file);
        let source = if reader.fill_buf()?.starts_with(GZIP) {
            Source::Gzip(Box::new(MultiGzDecoder::new(Counted { reader, bytes: 0 })))
        } else {
            Source::Plain(reader)
        };
        Ok(Self {
            source,
            buffer: vec![0; CHUNK_BYTES],
            start: 0,
            end: 0,
            number: 0,
            expanded_bytes: 0,
            ended: false,
        })
    }

    /// The next line and its number, from 1.
    ///
    /// # Errors
    /// The file cannot be read. Damaged gzip data are no such error: they reject a line, and
    /// end the file.
    pub fn next_line(&mut self) -> io::Result<Option<(u64, Line<'_>)>> {
        if self.ended {
            return Ok(None);
        }
        let found = self.find()?;
        self.number += 1;
        let (start, kept) = (self.start, self.start + SAMPLE_BYTES);
        let line = match found {
            Found::Line(end) => {
                self.start = end + 1;
                whole(start, end)
            }
            Found::End => {
                self.ended = true;
                if start == self.end {
                    return Ok(None);
                }
                whole(start, self.end)
            }
            Found::Broken(reject) => {
                self.ended = true;
                Err((self.end, reject))
            }
            // What follows is read over it.
            Found::TooLong => Err((kept, self.pass_over(kept)?.unwrap_or(TOO_LONG))),
        };
        let text = |end: usize| clean(&self.buffer[start..end], self.number);
        let line = line.map(text).map_err(|(end, reject)| (text(end), reject));
        Ok(Some((self.number, line)))
    }

    /// Finds the end of the line that begins at `start`, reading on as long as it takes.
    fn find(&mut self) -> io::Result<Found> {
        let mut looked = self.start;
        loop {
            if let Some(at) = memchr(b'\n', &self.buffer[looked..self.end]) {
                return Ok(Found::Line(looked + at));
            }
            if self.end - self.start > limits::LOG_LINE_BYTES_MAX {
                return Ok(Found::TooLong);
            }
            self.make_room();
            looked = self.end;
            match self.read(self.end)? {
                Ok(0) => return Ok(Found::End),
                Ok(read) => self.end += read,
                Err(reject) => return Ok(Found::Broken(reject)),
            }
        }
    }

    /// Moves what is left to the front, and makes the buffer larger when that is not enough.
    fn make_room(&mut self) {
        if self.end < self.buffer.len() {
            return;
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end > self.buffer.len() / 2 {
            self.buffer.resize(2 * self.buffer.len(), 0);
        }
    }

    /// Reads until the end of an overlong line, keeping its beginning.
    fn pass_over(&mut self, kept: usize) -> io::Result<Option<Reject>> {
        loop {
            match self.read(kept)? {
                Ok(0) => self.ended = true,
                Ok(read) => {
                    self.end = kept + read;
                    let Some(at) = memchr(b'\n', &self.buffer[kept..self.end]) else {
                        continue;
                    };
                    self.start = kept + at + 1;
                }
                Err(reject) => {
                    self.ended = true;
                    return Ok(Some(reject));
                }
            }
            return Ok(None);
        }
    }

    /// Reads into the buffer; tells what is wrong with gzip data.
    fn read(&mut self, at: usize) -> io::Result<Result<usize, Reject>> {
        loop {
            let room = &mut self.buffer[at..];
            let read = match &mut self.source {
                Source::Plain(reader) => reader.read(room),
                Source::Gzip(decoder) => decoder.read(room),
            };
            return match (read, &self.source) {
                (Err(error), _) if error.kind() == ErrorKind::Interrupted => continue,
                (Ok(read), Source::Plain(_)) => Ok(Ok(read)),
                (Ok(read), Source::Gzip(decoder)) => {
                    self.expanded_bytes += u64::try_from(read).unwrap_or(u64::MAX);
                    let bytes = decoder.get_ref().bytes;
                    Ok(match is_bomb(bytes, self.expanded_bytes) {
                        true => Err(Reject::Bomb(limits::LOG_EXPANSION_MAX)),
                        false => Ok(read),
                    })
                }
                (Err(error), Source::Gzip(_)) if is_damage(&error) => {
                    Ok(Err(Reject::Damaged(error.to_string())))
                }
                (Err(error), _) => Err(error),
            };
        }
    }
}

/// Where a line ends, if it is not too long; else where its sample does.
fn whole(start: usize, end: usize) -> Result<usize, (usize, Reject)> {
    match end - start > limits::LOG_LINE_BYTES_MAX {
        true => Err((start + SAMPLE_BYTES, TOO_LONG)),
        false => Ok(end),
    }
}

fn is_bomb(bytes: u64, expanded_bytes: u64) -> bool {
    expanded_bytes > limits::LOG_EXPANDED_BYTES_FREE
        && expanded_bytes / limits::LOG_EXPANSION_MAX > bytes
}

/// Whether the decoder says so, and not the file system.
fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof | ErrorKind::InvalidInput | ErrorKind::InvalidData
    )
}

/// Without what some programs write at the ends of lines and at the beginning of files.
fn clean(line: &[u8], number: u64) -> &[u8] {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match line.strip_prefix(BYTE_ORDER_MARK) {
        Some(line) if number == 1 => line,
        _ => line,
    }
}
