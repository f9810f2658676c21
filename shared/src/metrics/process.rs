//! What the operating system says about this process.

/// Memory and processor time; none where there is no `/proc`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Process {
    /// Bytes of memory in use.
    pub resident_bytes: Option<u64>,
    /// Seconds of processor time used since the start.
    pub cpu_seconds: Option<f64>,
    /// Threads.
    pub threads: Option<u64>,
}

/// Ticks of `/proc/self/stat` in a second: 100 on every Linux.
const TICKS: f64 = 100.0;

impl Process {
    /// As it is now.
    pub fn now() -> Self {
        let read = |file| std::fs::read_to_string(file).unwrap_or_default();
        Self::parse(&read("/proc/self/status"), &read("/proc/self/stat"))
    }

    fn parse(status: &str, stat: &str) -> Self {
        let number = |name: &str| -> Option<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Self {
            resident_bytes: number("VmRSS").map(|kilobytes| kilobytes * 1024),
            cpu_seconds: cpu(stat),
            threads: number("Threads"),
        }
    }
}

/// User and system time: the fields 14 and 15. The name of the program, field 2, may hold anything but ends with `)`.
fn cpu(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_proc_are_understood() {
        let status = "Name:\tmuster\nVmRSS:\t  1234 kB\nThreads:\t7\n";
        let stat = "4242 (a (strange) name) S 1 2 3 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 7 0 100 0 0";
        let expected = Process { resident_bytes: Some(1_263_616), cpu_seconds: Some(3.0), threads: Some(7) };
        assert_eq!(Process::parse(status, stat), expected);
        assert_eq!(Process::parse("", ""), Process::default());
    }
}
