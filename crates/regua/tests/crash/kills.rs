//! Kills: when they come, where they hit, and how many of each there were.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use regua_testkit::smtp::Stage;

use crate::house::House;

/// Draws that a failure can repeat.
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// When a kill comes.
#[derive(Clone, Copy, Debug)]
enum When {
    /// After a time.
    After(Duration),
    /// Inside the n-th call that waits for the disk, as far as one looks often enough to see it.
    Fsync(u64),
    /// At the n-th time that a mail's talk comes to a stage, before its answer.
    At(Stage, u64),
}

/// Stages of a mail's talk, with how often a process comes to each of them: once for a connection, or once for a mail.
const STAGES: [(Stage, u64); 7] =
    [(Stage::Connect, 4), (Stage::Hello, 4), (Stage::Mail, 14), (Stage::Rcpt, 14), (Stage::Data, 14), (Stage::Body, 14), (Stage::Dot, 14)];

/// Where kills are aimed at.
pub(crate) struct Aim {
    draw: Draw,
    /// Roughly how long a process needs until it writes decisions: learned from where kills hit.
    micros: u64,
    /// The stage that is next.
    stage: usize,
}

impl Aim {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { draw: Draw(seed), micros: 60_000, stage: 0 }
    }

    /// Early in a day's work decisions are written, later only mails are left.
    fn next(&mut self, tries: u64, sqlite: bool) -> When {
        if tries == 0 || self.draw.below(5) == 0 {
            if sqlite && self.draw.below(2) == 0 {
                return When::Fsync(self.draw.below(8));
            }
            return When::After(Duration::from_micros(self.micros * (40 + self.draw.below(120)) / 100));
        }
        let (stage, often) = STAGES[self.stage % STAGES.len()];
        self.stage += 1;
        When::At(stage, self.draw.below(often))
    }

    fn learn(&mut self, early: bool) {
        self.micros = (if early { self.micros * 115 } else { self.micros * 90 } / 100).clamp(5_000, 1_000_000);
    }
}

/// What the mail server and the killer share about the process under test.
#[derive(Default)]
struct Watch {
    child: Option<Child>,
    /// The stage to strike at, and how many times it is let pass before.
    wanted: Option<(Stage, u64)>,
    /// The last stage that was seen.
    last: Option<Stage>,
    /// The stage at which it struck.
    struck: Option<Stage>,
}

/// One who kills the processes of a house.
pub(crate) struct Killer<'h> {
    house: &'h House,
    watch: Arc<Mutex<Watch>>,
    /// Kills that hit, by where.
    pub(crate) hits: BTreeMap<&'static str, u64>,
}

fn locked(watch: &Mutex<Watch>) -> MutexGuard<'_, Watch> {
    watch.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'h> Killer<'h> {
    pub(crate) fn new(house: &'h House) -> Self {
        let watch: Arc<Mutex<Watch>> = Arc::default();
        let seen = Arc::clone(&watch);
        house.sink.on_stage(move |now, _| {
            let mut watch = locked(&seen);
            watch.last = Some(now);
            match watch.wanted {
                Some((stage, 0)) if stage == now => {
                    watch.wanted = None;
                    watch.struck = Some(now);
                    if let Some(child) = &mut watch.child {
                        // One that has ended already cannot be killed, and is counted as ended.
                        let _late = child.kill();
                    }
                }
                Some((stage, left)) if stage == now => watch.wanted = Some((stage, left - 1)),
                Some(_) | None => {}
            }
        });
        Self { house, watch, hits: BTreeMap::new() }
    }

    pub(crate) fn hit(&self) -> u64 {
        self.hits.values().sum()
    }

    /// Works on a day with kills, at most `most` that hit; whether the day's work came to its end meanwhile.
    pub(crate) fn day(&mut self, day: &str, most: u64, aim: &mut Aim) -> bool {
        let before = self.hit();
        for tries in 0.. {
            if self.hit() - before >= most {
                return false;
            }
            let when = aim.next(tries, self.house.url.starts_with("sqlite:"));
            let hit = self.once(day, when);
            if let When::After(_) = when {
                aim.learn(hit == Some(EARLY));
            }
            if hit.is_none() {
                return true;
            }
        }
        false
    }

    /// Starts a process and kills it; where it was, if it had not come to its end.
    fn once(&mut self, day: &str, when: When) -> Option<&'static str> {
        let written = self.written();
        {
            let mut watch = locked(&self.watch);
            let wanted = if let When::At(stage, left) = when { Some((stage, left)) } else { None };
            *watch = Watch { child: Some(self.house.start(day)), wanted, last: None, struck: None };
        }
        let in_fsync = self.strike(when);
        let mut watch = locked(&self.watch);
        let mut child = watch.child.take().expect("a process was started");
        let status = child.wait().expect("it has ended");
        if status.success() {
            return None;
        }
        let mut told = String::new();
        let _unread = child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut told));
        assert_eq!(status.signal(), Some(9), "it ended by itself: {status}\n{told}");
        let place = match (watch.struck, watch.last) {
            (Some(stage), _) => named(stage).0,
            (None, _) if in_fsync => "in fsync",
            (None, Some(stage)) => named(stage).1,
            (None, None) if self.written() == written => EARLY,
            (None, None) => "between writes of decisions",
        };
        drop(watch);
        *self.hits.entry(place).or_default() += 1;
        Some(place)
    }

    /// Waits for its moment, or the end of the process, and kills; whether inside a call that waits for the disk.
    fn strike(&self, when: When) -> bool {
        let begun = Instant::now();
        let (mut waits, mut waited) = (0, false);
        loop {
            {
                let mut watch = locked(&self.watch);
                let child = watch.child.as_mut().expect("a process was started");
                if child.try_wait().expect("it is ours").is_some() {
                    return false;
                }
                let (now, in_fsync) = match when {
                    When::After(time) => (begun.elapsed() >= time, false),
                    When::Fsync(nth) => {
                        let now = waits_for_disk(child.id());
                        waits += u64::from(now && !waited);
                        waited = now;
                        (now && waits > nth, true)
                    }
                    When::At(..) => (false, false),
                };
                if now {
                    let _late = child.kill();
                    return in_fsync;
                }
            }
            if !matches!(when, When::Fsync(_)) {
                std::thread::park_timeout(Duration::from_micros(200));
            }
        }
    }

    /// Something that differs once the database is written to. SQLite's file is not opened: that would be to recover it.
    fn written(&self) -> Option<(u64, SystemTime)> {
        if self.house.url.starts_with("sqlite:") {
            let log = std::fs::metadata(self.house.path("home/regua.db-wal")).ok()?;
            return Some((log.len(), log.modified().ok()?));
        }
        let rows = self.house.decisions();
        Some((rows, SystemTime::UNIX_EPOCH))
    }
}

const EARLY: &str = "before the first write";

/// Names of the places in and behind a stage.
const fn named(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Connect => ("in CONNECT", "after CONNECT"),
        Stage::Hello | Stage::StartTls | Stage::Auth => ("in EHLO", "after EHLO"),
        Stage::Mail => ("in MAIL", "after MAIL"),
        Stage::Rcpt => ("in RCPT", "after RCPT"),
        Stage::Data => ("in DATA", "after DATA"),
        Stage::Body => ("in the mail's first line", "after the mail's first line"),
        Stage::Dot => ("at the final dot, unanswered", "after the final dot"),
        Stage::Reset | Stage::Noop | Stage::Quit => ("in QUIT", "after QUIT"),
    }
}

/// Whether a thread of a process is inside `fsync` or `fdatasync`, where the system tells.
fn waits_for_disk(pid: u32) -> bool {
    let calls: [&str; 2] = if cfg!(target_arch = "x86_64") { ["74 ", "75 "] } else { ["82 ", "83 "] };
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    threads.flatten().any(|thread| {
        let call = std::fs::read_to_string(thread.path().join("syscall")).unwrap_or_default();
        calls.iter().any(|number| call.starts_with(number))
    })
}

/// Several processes work on a day together to its end; now and then one is killed, and another takes its place. How many
/// were killed before their end.
pub(crate) fn together(house: &House, day: &str, processes: usize, most: u64, draw: &mut Draw) -> u64 {
    let mut running: Vec<Child> = (0..processes).map(|_| house.start(day)).collect();
    let mut hit = 0;
    for _ in 0..most {
        let (begun, time) = (Instant::now(), Duration::from_micros(10_000 + draw.below(400_000)));
        while begun.elapsed() < time {
            std::thread::park_timeout(Duration::from_micros(500));
        }
        let victim = usize::try_from(draw.below(processes.try_into().unwrap_or(1))).unwrap_or(0);
        let _late = running[victim].kill();
        let status = running[victim].wait().expect("it ends");
        if status.signal() == Some(9) {
            hit += 1;
            running[victim] = house.start(day);
        }
    }
    for child in running {
        let told = child.wait_with_output().expect("it ends");
        assert!(told.status.success(), "{}: {}", told.status, String::from_utf8_lossy(&told.stderr));
    }
    hit
}
