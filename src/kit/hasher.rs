//! Password hashing on a bounded pool, so that a flood of sign-ins costs the flooders and nobody else.
//!
//! One thread per core, at a lower scheduling priority than the threads that answer requests, each with memory that it reuses.
//! Waiting work stands in one queue per address; the workers take turns between addresses. When the room is full, the address
//! with the most work waiting loses its newest piece, so that one address cannot keep the others out. What is refused is refused at once.

use super::password::{self, Cost, Scratch};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// The pool is full: try again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// Whose turn a piece of work takes: an address, and the account it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub address: IpAddr,
    pub account: String,
}

/// Pieces of work that may wait for one account: enough for a person with several tabs, too few to guess with.
pub const PER_ACCOUNT: usize = 8;
/// An idle worker keeps its memory this long.
const KEEP: Duration = Duration::from_secs(2);

type Work = Box<dyn FnOnce(&mut Scratch) + Send>;

struct Job {
    account: String,
    work: Work,
}

#[derive(Default)]
struct Queues {
    /// Addresses that have work waiting, in the order of their turns.
    order: VecDeque<IpAddr>,
    waiting: HashMap<IpAddr, VecDeque<Job>>,
    accounts: HashMap<String, usize>,
    total: usize,
    closed: bool,
}

impl Queues {
    fn push(&mut self, turn: Turn, work: Work, capacity: usize) -> Result<(), Busy> {
        if self.closed || self.accounts.get(&turn.account).is_some_and(|n| *n >= PER_ACCOUNT) {
            return Err(Busy);
        }
        if self.total >= capacity {
            self.make_room_for(turn.address)?;
        }
        let queue = self.waiting.entry(turn.address).or_default();
        if queue.is_empty() {
            self.order.push_back(turn.address);
        }
        *self.accounts.entry(turn.account.clone()).or_default() += 1;
        queue.push_back(Job { account: turn.account, work });
        self.total += 1;
        Ok(())
    }

    /// The address that has the most waiting, if taking from it in favour of this one would be fairer.
    fn to_take_from(&self, address: IpAddr) -> Result<IpAddr, Busy> {
        let mine = self.waiting.get(&address).map_or(0, VecDeque::len);
        let (longest, length) = self.waiting.iter().map(|(a, q)| (*a, q.len())).max_by_key(|(_, n)| *n).ok_or(Busy)?;
        if length <= mine + 1 { Err(Busy) } else { Ok(longest) }
    }

    /// Drops the newest work of the address that has the most waiting, unless that would be no fairer.
    fn make_room_for(&mut self, address: IpAddr) -> Result<(), Busy> {
        let longest = self.to_take_from(address)?;
        if let Some(job) = self.waiting.get_mut(&longest).and_then(VecDeque::pop_back) {
            self.forget(&job.account);
        }
        Ok(())
    }

    fn forget(&mut self, account: &str) {
        self.total -= 1;
        if let Some(n) = self.accounts.get_mut(account) {
            *n -= 1;
            if *n == 0 {
                self.accounts.remove(account);
            }
        }
    }

    fn pop(&mut self) -> Option<Job> {
        let address = self.order.pop_front()?;
        let queue = self.waiting.get_mut(&address)?;
        let job = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(&address);
        } else {
            self.order.push_back(address);
        }
        if let Some(job) = &job {
            self.forget(&job.account);
        }
        job
    }
}

struct Shared {
    queues: Mutex<Queues>,
    wake: Condvar,
    capacity: usize,
    cost: Cost,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pool. Dropping it ends its threads once their work is done.
pub struct Hasher {
    shared: Arc<Shared>,
}

impl Hasher {
    /// `capacity` is how many pieces of work may wait; `workers` how many run at once.
    pub fn start(workers: usize, capacity: usize, cost: Cost) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { queues: Mutex::default(), wake: Condvar::new(), capacity: capacity.max(1), cost });
        for n in 0..workers.max(1) {
            let shared = shared.clone();
            std::thread::Builder::new().name(format!("hash-{n}")).spawn(move || work(&shared))?;
        }
        Ok(Self { shared })
    }

    /// Refuses at once what would find no room, before anything is looked up for it: under a flood the refusals are what costs.
    pub fn refuse_when_full(&self, address: IpAddr) -> Result<(), Busy> {
        let queues = self.shared.lock();
        if queues.total >= self.shared.capacity { queues.to_take_from(address).map(|_| ()) } else { Ok(()) }
    }

    /// A new hash of the password.
    pub async fn hash(&self, turn: Turn, salt: [u8; 16], password: &str) -> Result<String, Busy> {
        let (cost, password) = (self.shared.cost, Zeroizing::new(password.to_owned()));
        self.run(turn, move |scratch| password::hash(scratch, cost, salt, &password)).await
    }

    /// Whether the password gives this hash.
    pub async fn verify(&self, turn: Turn, password: &str, phc: &str) -> Result<bool, Busy> {
        let (password, phc) = (Zeroizing::new(password.to_owned()), phc.to_owned());
        self.run(turn, move |scratch| password::verify(scratch, &password, &phc)).await
    }

    /// Any other costly piece of work, in the same turns.
    pub async fn compute<T: Send + 'static>(&self, turn: Turn, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        self.run(turn, move |_| work()).await
    }

    /// Whether a stored hash should be replaced at the next opportunity.
    pub fn is_outdated(&self, phc: &str) -> bool {
        password::is_outdated(phc, self.shared.cost)
    }

    async fn run<T: Send + 'static>(&self, turn: Turn, work: impl FnOnce(&mut Scratch) -> T + Send + 'static) -> Result<T, Busy> {
        let (answer, result) = oneshot::channel();
        let work = Box::new(move |scratch: &mut Scratch| {
            if !answer.is_closed() {
                let _ = answer.send(work(scratch));
            }
        });
        self.shared.lock().push(turn, work, self.shared.capacity)?;
        self.shared.wake.notify_one();
        result.await.map_err(|_| Busy)
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.wake.notify_all();
    }
}

fn work(shared: &Shared) {
    // Requests that need no hash go first; where the system refuses, the pool still works.
    let _ = rustix::process::setpriority_process(None, 19);
    let mut scratch = Scratch::default();
    loop {
        let job = {
            let mut queues = shared.lock();
            loop {
                if let Some(job) = queues.pop() {
                    break job;
                }
                if queues.closed {
                    return;
                }
                let (guard, timeout) = shared.wake.wait_timeout(queues, KEEP).unwrap_or_else(PoisonError::into_inner);
                queues = guard;
                if timeout.timed_out() {
                    scratch.release();
                }
            }
        };
        (job.work)(&mut scratch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn turn(address: u8, account: &str) -> Turn {
        Turn { address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, address)), account: account.into() }
    }

    fn job() -> Work {
        Box::new(|_| ())
    }

    #[test]
    fn addresses_take_turns() {
        let mut queues = Queues::default();
        for n in 0..3 {
            queues.push(turn(1, &format!("a{n}")), job(), 10).unwrap();
        }
        queues.push(turn(2, "b"), job(), 10).unwrap();
        let order: Vec<String> = std::iter::from_fn(|| queues.pop()).map(|j| j.account).collect();
        assert_eq!(order, ["a0", "b", "a1", "a2"]);
        assert_eq!((queues.total, queues.accounts.len(), queues.waiting.len()), (0, 0, 0));
    }

    #[test]
    fn a_full_room_takes_from_whoever_has_most() {
        let mut queues = Queues::default();
        for n in 0..4 {
            queues.push(turn(1, &format!("a{n}")), job(), 4).unwrap();
        }
        assert_eq!(queues.push(turn(1, "a4"), job(), 4), Err(Busy));
        queues.push(turn(2, "b0"), job(), 4).unwrap();
        queues.push(turn(2, "b1"), job(), 4).unwrap();
        assert_eq!(queues.push(turn(2, "b2"), job(), 4), Err(Busy), "two and two is even");
        let order: Vec<String> = std::iter::from_fn(|| queues.pop()).map(|j| j.account).collect();
        assert_eq!(order, ["a0", "b0", "a1", "b1"]);
    }

    #[test]
    fn one_account_cannot_fill_the_room() {
        let mut queues = Queues::default();
        for n in 0..PER_ACCOUNT {
            queues.push(turn(u8::try_from(n).unwrap(), "victim"), job(), 100).unwrap();
        }
        assert_eq!(queues.push(turn(99, "victim"), job(), 100), Err(Busy));
        queues.push(turn(99, "other"), job(), 100).unwrap();
    }

    #[tokio::test]
    async fn hashes_and_verifies() {
        let hasher = Hasher::start(1, 4, Cost { memory: 64, passes: 1 }).unwrap();
        let phc = hasher.hash(turn(1, "a"), [1; 16], "secret").await.unwrap();
        assert!(hasher.verify(turn(1, "a"), "secret", &phc).await.unwrap());
        assert!(!hasher.verify(turn(1, "a"), "Secret", &phc).await.unwrap());
        assert!(!hasher.is_outdated(&phc));
    }
}
