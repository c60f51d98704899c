//! Renders documents in child processes of our own binary, one per core: typst's memoisation holds a lock over the whole
//! process, and a hostile document kills only its child.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use documents::Paper;
use store::Timing;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Mutex, Semaphore};

use crate::error::{Error, Result};

/// A document must be done within this time; a child that takes longer is ended.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// Address space of a child in kilobytes.
const MEMORY_LIMIT_KB: u32 = 4_000_000;

/// A pool of rendering processes, started when they are first needed. Cheap to clone.
#[derive(Clone)]
pub struct Renderer {
    program: PathBuf,
    idle: Arc<Mutex<Vec<Worker>>>,
    permits: Arc<Semaphore>,
    size: usize,
    state: Arc<State>,
}

/// How rendering goes.
#[derive(Default)]
struct State {
    times: Timing,
    failed: AtomicU64,
    is_down: AtomicBool,
}

struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

/// A finished document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// Pages.
    pub pages: u32,
}

impl Renderer {
    /// A pool of `processes` children of `program`, which is this very binary.
    pub fn new(program: PathBuf, processes: usize) -> Self {
        let size = processes.max(1);
        let permits = Arc::new(Semaphore::new(size));
        Self { program, idle: Arc::default(), permits, size, state: Arc::default() }
    }

    /// How many documents are rendered at once.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How long documents took.
    pub fn times(&self) -> &Timing {
        &self.state.times
    }

    /// How many documents could not be made.
    pub fn failed(&self) -> u64 {
        self.state.failed.load(Ordering::Relaxed)
    }

    /// Whether the last child could not be started, or died, or took too long.
    pub fn is_down(&self) -> bool {
        self.state.is_down.load(Ordering::Relaxed)
    }

    /// Renders one document.
    ///
    /// # Errors
    /// `Internal` where the document can't be made, or the child took too long or died.
    pub async fn render(&self, paper: &Paper) -> Result<Document> {
        let _permit = self.permits.acquire().await.map_err(Error::internal)?;
        let started = Instant::now();
        let answer = self.ask(paper).await;
        // A sentence about a document that can't be made is an answer, too.
        self.state.is_down.store(answer.is_err(), Ordering::Relaxed);
        let document = answer.and_then(|document| document);
        match &document {
            Ok(_) => self.state.times.add(started.elapsed()),
            Err(_) => drop(self.state.failed.fetch_add(1, Ordering::Relaxed)),
        }
        document
    }

    /// The answer of a child; an error where there was none.
    async fn ask(&self, paper: &Paper) -> Result<Result<Document>> {
        if store::fault::strikes("render") {
            return Err(Error::internal("a fault on demand"));
        }
        let request = serde_json::to_vec(paper).map_err(Error::internal)?;
        let idle = self.idle.lock().await.pop();
        let mut worker = match idle {
            Some(worker) => worker,
            None => self.start()?,
        };
        match tokio::time::timeout(TIME_LIMIT, worker.ask(&request)).await {
            Ok(Ok(answer)) => {
                self.idle.lock().await.push(worker);
                Ok(answer)
            }
            Ok(Err(error)) => Err(Error::Internal(format!("the rendering process ended: {error}"))),
            Err(_) => {
                let _ = worker.child.start_kill();
                Err(Error::internal("the rendering took too long"))
            }
        }
    }

    fn start(&self) -> Result<Worker> {
        let mut command = Command::new("sh");
        let limits = format!("ulimit -v {MEMORY_LIMIT_KB} 2>/dev/null; exec \"$0\" render-worker");
        command.args(["-c", &limits]).arg(&self.program);
        command.env("RAYON_NUM_THREADS", "1").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // With one arena, and free memory given back at once, a child is as large after thousands of documents as after one.
        command.env("MALLOC_ARENA_MAX", "1").env("MALLOC_TRIM_THRESHOLD_", "131072");
        let mut child = command.spawn().map_err(Error::internal)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Worker { child, input, output }),
            _ => Err(Error::internal("the rendering process has no pipes")),
        }
    }
}

impl Worker {
    /// Sends a request and reads the answer: a length and 1 for a document (pages, then bytes) or 0 for a sentence.
    async fn ask(&mut self, request: &[u8]) -> std::io::Result<Result<Document>> {
        self.input.write_u32(u32::try_from(request.len()).unwrap_or(u32::MAX)).await?;
        self.input.write_all(request).await?;
        self.input.flush().await?;
        let (done, pages, length) =
            (self.output.read_u8().await?, self.output.read_u32().await?, self.output.read_u32().await?);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        self.output.read_exact(&mut bytes).await?;
        if done == 1 {
            return Ok(Ok(Document { bytes, pages }));
        }
        Ok(Err(Error::Internal(String::from_utf8_lossy(&bytes).into_owned())))
    }
}

/// The child's side: reads papers from standard input and writes documents to standard output until the input ends.
///
/// # Errors
/// Those of the pipes.
pub fn work() -> std::io::Result<()> {
    use std::io::{Read, Write};
    end_with_parent();
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut length = [0_u8; 4];
    while input.read_exact(&mut length).is_ok() {
        let mut request = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap_or(0)];
        input.read_exact(&mut request)?;
        let (done, pages, bytes) = match rendered(&request) {
            Ok(document) => (1_u8, document.pages, document.bytes),
            Err(reason) => (0, 0, reason.into_bytes()),
        };
        output.write_all(&[done])?;
        output.write_all(&pages.to_be_bytes())?;
        output.write_all(&u32::try_from(bytes.len()).unwrap_or(0).to_be_bytes())?;
        output.write_all(&bytes)?;
        output.flush()?;
    }
    Ok(())
}

/// A child must not go on with a document that nobody waits for. One that isn't told ends when its input does.
fn end_with_parent() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

fn rendered(request: &[u8]) -> Result<Document, String> {
    let paper: Paper = serde_json::from_slice(request).map_err(|error| error.to_string())?;
    let rendered = documents::render_paper(&paper).map_err(|error| error.to_string())?;
    Ok(Document { bytes: rendered.pdf, pages: rendered.pages })
}
