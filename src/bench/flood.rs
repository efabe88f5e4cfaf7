//! A flood of password sign-ins, at fifty times what the machine can hash, and how those fare who want something else.

use super::load::{Clock, together};
use super::people::{People, sign_in};
use super::primitive;
use super::report::{Limit, Report};
use super::server::Server;
use super::tokens::grant;
use anyhow::{Result, bail};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Sign-ins per hash that the machine could make.
const TIMES: f64 = 50.0;
/// Connections of the flood. Those whose sign-in is let in wait for its hash, so there must be more than can be let in.
const CONNECTIONS: usize = 256;
/// Refreshes per second of the one client that only wants to stay signed in.
const REFRESHES: f64 = 50.0;

/// What became of the flood. Times are in seconds.
#[derive(Default)]
struct Toll {
    refused: Vec<f64>,
    answered: usize,
}

pub fn measure(report: &mut Report, server: &Server, people: &People, seconds: f64) -> Result<()> {
    eprintln!("measuring refreshes during a flood");
    let hashes = primitive::hashes(1.0)?.rate();
    let (_, tokens) = People::exchange(server, &people.codes(server, 1)?)?;
    let request = grant(server, &tokens[0]);
    // A percentile needs numbers.
    let seconds = 2.0 * seconds;
    let mut quiet = refresh(server, &request, seconds)?;
    let (mut loud, mut toll, offered) = during_flood(server, people, TIMES * hashes, || refresh(server, &request, seconds))?;
    let (p99_quiet, p99_loud) = (percentile(&mut quiet, 0.99), percentile(&mut loud, 0.99));
    let (p50_quiet, p50_loud) = (percentile(&mut quiet, 0.5), percentile(&mut loud, 0.5));
    let detail = format!("p50 {p50_quiet:.1} → {p50_loud:.1} ms, p99 {p99_quiet:.1} → {p99_loud:.1} ms");
    report.limit(Limit::at_most("flood: refresh p99, with / without", p99_loud / p99_quiet, "×", 2.0).note(detail));
    let all = toll.refused.len() + toll.answered;
    let detail = format!("{} of {all} refused, {offered:.0} offered a second, {:.0} × the hash rate", toll.refused.len(), offered / hashes);
    report.limit(Limit::at_most("flood: p99 of a refusal", percentile(&mut toll.refused, 0.99), "ms", 50.0).note(detail));
    Ok(())
}

/// Milliseconds below which a share of the times lies.
fn percentile(seconds: &mut [f64], share: f64) -> f64 {
    seconds.sort_by(f64::total_cmp);
    let at = (seconds.len() as f64 * share) as usize;
    seconds.get(at.min(seconds.len().saturating_sub(1))).copied().unwrap_or(f64::NAN) * 1e3
}

/// One client that refreshes at a steady rate: how long each takes.
fn refresh(server: &Server, request: &[u8], seconds: f64) -> Result<Vec<f64>> {
    let (mut connection, mut times, clock) = (server.connect()?, Vec::new(), Clock::start());
    for n in 0..(seconds * REFRESHES) as u32 {
        let due = Duration::from_secs_f64(f64::from(n) / REFRESHES);
        std::thread::sleep(due.saturating_sub(clock.elapsed()));
        let sent = Clock::start();
        connection.exchange(request)?.expect(200)?;
        times.push(sent.elapsed().as_secs_f64());
    }
    Ok(times)
}

/// Runs `measured` while sign-ins come in at a rate. Returns what they came to, and at which rate they really came.
fn during_flood<T: Send>(
    server: &Server,
    people: &People,
    rate: f64,
    measured: impl FnOnce() -> Result<T> + Send,
) -> Result<(T, Toll, f64)> {
    let (tickets, over, clock) = (AtomicUsize::new(0), AtomicBool::new(false), Clock::start());
    std::thread::scope(|scope| {
        let flood = scope.spawn(|| together(CONNECTIONS, |_| flooder(server, people, rate, &tickets, &over)));
        // The queue fills first.
        std::thread::sleep(Duration::from_secs(1));
        let measured = measured();
        let offered = tickets.load(Ordering::Relaxed) as f64 / clock.elapsed().as_secs_f64();
        over.store(true, Ordering::Relaxed);
        let Ok(tolls) = flood.join() else { bail!("the flood panicked") };
        let mut toll = Toll::default();
        for part in tolls? {
            toll.refused.extend(part.refused);
            toll.answered += part.answered;
        }
        Ok((measured?, toll, offered))
    })
}

/// Sends whenever the next sign-in is due: whoever waits for a hash leaves the next to the others.
fn flooder(server: &Server, people: &People, rate: f64, tickets: &AtomicUsize, over: &AtomicBool) -> Result<Toll> {
    let (mut connection, mut toll, clock) = (server.connect()?, Toll::default(), Clock::start());
    while !over.load(Ordering::Relaxed) {
        let ticket = tickets.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_secs_f64(ticket as f64 / rate).saturating_sub(clock.elapsed()));
        // One in four is a real user with the right password; the others are all different, and nobody.
        let request = match ticket % 4 {
            0 => sign_in(server, &people.names[ticket / 4 % people.names.len()]),
            _ => sign_in(server, &format!("nobody{ticket}@example.com")),
        };
        let sent = Clock::start();
        let answer = connection.exchange(&request)?;
        let text = String::from_utf8_lossy(answer.body);
        match answer.status {
            400 if text.contains("TooManyRequestsException") && answer.header("retry-after").is_some() => {
                toll.refused.push(sent.elapsed().as_secs_f64());
            }
            200 => toll.answered += 1,
            400 if text.contains("NotAuthorizedException") => toll.answered += 1,
            status => bail!("the server answered {status} to a sign-in of the flood: {text:.300}"),
        }
    }
    Ok(toll)
}
