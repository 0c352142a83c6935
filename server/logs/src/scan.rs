//! Many files at once.
//!
//! Files that follow each other make a batch, and each batch is counted apart, by whichever thread
//! is free. The batches are added up in the order of their files' names, whoever finishes first:
//! where a list must forget something, it then always forgets the same.

use crate::{
    aggregate::{Aggregate, Range},
    lines::LineReader,
    others::Other,
    row::{Reading, read_line},
    times::Times,
};
use domain::limits;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    num::NonZero,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Most bytes of a batch of files.
const BATCH_BYTES_MAX: u64 = 16 << 20;
/// Batches of files, if they are small.
const BATCHES_MIN: u64 = 16;

/// A file or folder that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {source}", path.display())]
pub struct ScanError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl ScanError {
    fn of(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self {
            path: path.to_owned(),
            source,
        }
    }
}

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files counted.
    pub files: usize,
    /// All files.
    pub of: usize,
    /// Lines counted.
    pub lines: u64,
}

/// The files that some paths name, each once, in the order of their names. Folders are looked
/// through to their ends; what is hidden in them, and links to folders, is left out.
///
/// # Errors
/// [`ScanError`] names the path.
pub fn list_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ScanError> {
    let mut files = Vec::new();
    for path in paths {
        if fs::metadata(path).map_err(ScanError::of(path))?.is_dir() {
            list_folder(path, 1, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn list_folder(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), ScanError> {
    if depth > limits::LOG_FOLDERS_DEEP_MAX {
        let source = io::Error::other("too many folders inside each other");
        return Err(ScanError::of(folder)(source));
    }
    for entry in fs::read_dir(folder).map_err(ScanError::of(folder))? {
        let entry = entry.map_err(ScanError::of(folder))?;
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let kind = entry.file_type().map_err(ScanError::of(&path))?;
        if kind.is_dir() {
            list_folder(&path, depth + 1, files)?;
        } else if fs::metadata(&path).map_err(ScanError::of(&path))?.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

/// Counts files on so many threads, all cores when nothing is said.
///
/// # Errors
/// [`ScanError`] names the first file that cannot be read.
pub fn scan(
    files: &[PathBuf],
    range: Range,
    threads: Option<NonZero<usize>>,
    told: &(dyn Fn(Progress) + Sync),
) -> Result<Aggregate, ScanError> {
    let threads = threads.or_else(|| thread::available_parallelism().ok());
    let batches = batches(files);
    let threads = threads.map_or(1, NonZero::get).min(batches.len());
    let scan = Scan {
        files: files.len(),
        batches,
        range,
        ahead: threads,
        taken: AtomicUsize::new(0),
        parts: Mutex::new(Parts {
            waiting: BTreeMap::new(),
            added: 0,
            files: 0,
            whole: Ok(Aggregate::new(range)),
        }),
        room: Condvar::new(),
        told,
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| scan.work());
        }
    });
    let parts = scan.parts.into_inner();
    parts.unwrap_or_else(PoisonError::into_inner).whole
}

/// Files so that there is work for many threads, and little to add up. It depends on nothing but
/// the files.
fn batches(files: &[PathBuf]) -> Vec<&[PathBuf]> {
    let sizes: Vec<u64> = files
        .iter()
        .map(|file| fs::metadata(file).map_or(0, |file| file.len()))
        .collect();
    let most = BATCH_BYTES_MAX.min(sizes.iter().sum::<u64>() / BATCHES_MIN);
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, size) in sizes.into_iter().enumerate() {
        bytes += size;
        if bytes >= most {
            batches.push(&files[start..=index]);
            (start, bytes) = (index + 1, 0);
        }
    }
    if start < files.len() {
        batches.push(&files[start..]);
    }
    batches
}

struct Scan<'a> {
    files: usize,
    batches: Vec<&'a [PathBuf]>,
    range: Range,
    /// How many batches may be finished before one that is not.
    ahead: usize,
    taken: AtomicUsize,
    parts: Mutex<Parts>,
    room: Condvar,
    told: &'a (dyn Fn(Progress) + Sync),
}

struct Parts {
    /// Parts whose turn has not come.
    waiting: BTreeMap<usize, Result<Aggregate, ScanError>>,
    added: usize,
    files: usize,
    whole: Result<Aggregate, ScanError>,
}

impl Scan<'_> {
    fn work(&self) {
        loop {
            let index = self.taken.fetch_add(1, Ordering::Relaxed);
            let Some(files) = self.batches.get(index) else {
                return;
            };
            let part = count_files(files, self.range);
            let mut parts = self.lock();
            while index > parts.added + self.ahead && parts.whole.is_ok() {
                parts = self
                    .room
                    .wait(parts)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            parts.waiting.insert(index, part);
            self.add_up(&mut parts);
            self.room.notify_all();
            if parts.whole.is_err() {
                return;
            }
        }
    }

    fn add_up(&self, parts: &mut Parts) {
        while let Some(part) = parts.waiting.remove(&parts.added) {
            let Ok(whole) = &mut parts.whole else {
                return;
            };
            match part {
                Ok(part) => whole.merge(part),
                Err(error) => {
                    parts.whole = Err(error);
                    return;
                }
            }
            parts.files += self.batches.get(parts.added).map_or(0, |files| files.len());
            parts.added += 1;
            (self.told)(Progress {
                files: parts.files,
                of: self.files,
                lines: whole.lines.total,
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count_files(files: &[PathBuf], range: Range) -> Result<Aggregate, ScanError> {
    let mut part = Aggregate::new(range);
    for file in files {
        count_file(&mut part, file)?;
    }
    Ok(part)
}

fn count_file(part: &mut Aggregate, path: &Path) -> Result<(), ScanError> {
    let name = path.display().to_string();
    let count = |line, text: &[u8], reading: Reading<'_>| {
        part.add(&name, line, text, reading);
        ControlFlow::Continue(())
    };
    let file = File::open(path).map_err(ScanError::of(path))?;
    read_file(path, file, count).map_err(ScanError::of(path))?;
    part.add_file();
    Ok(())
}

/// Tells each line of a file: its number, its text, and what it turned out to be; until nobody
/// listens any more.
///
/// # Errors
/// The file cannot be read.
pub fn read_file(
    path: &Path,
    file: impl io::Read,
    mut tell: impl FnMut(u64, &[u8], Reading<'_>) -> ControlFlow<()>,
) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_test = Other::is_test_file(&name);
    let mut times = Times::default();
    let mut lines = LineReader::new(file)?;
    while let Some((number, line)) = lines.next_line()? {
        let (text, reading) = match line {
            Ok(text) if is_test => (text, Reading::Other(Other::Test)),
            Ok(text) => (text, read_line(text, &mut times)),
            Err((text, reject)) => (text, Reading::Rejected(reject)),
        };
        if tell(number, text, reading).is_break() {
            return Ok(());
        }
    }
    Ok(())
}
