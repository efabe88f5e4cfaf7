//! What a worker gives up before it runs anything of an app owner's.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::set_no_new_privs;

/// Address space that the process needs besides what the function may hold.
const SLACK: u64 = 512 * 1024 * 1024;

/// No more files, sockets or processes, no core dump, and no more memory than the function's and some room. The engine has limits of its own;
/// these hold should a script find a way around them. Where the system does not know one of them, the others still hold.
pub fn confine(memory: usize) {
    let _ = set_no_new_privs(true);
    let limit = |resource, to: u64| {
        let maximum = getrlimit(resource).maximum.map_or(to, |now| now.min(to));
        let _ = setrlimit(resource, Rlimit { current: Some(maximum), maximum: Some(maximum) });
    };
    limit(Resource::As, address_space() + 2 * memory as u64 + SLACK);
    for resource in [Resource::Core, Resource::Fsize, Resource::Nofile, Resource::Nproc] {
        limit(resource, 0);
    }
}

/// What the process has reserved so far, in bytes.
fn address_space() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() * 1024
}
