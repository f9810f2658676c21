//! Passwords that people can read aloud and type.

use rand::RngExt;
use shared::system::Passwords;

/// Words of drawn passwords: short, and hard to mistake when read aloud.
const WORDS: [&str; 32] = [
    "amber", "bamboo", "candle", "delta", "ember", "forest", "garden", "harbor", "island", "jasmine",
    "kettle", "lantern", "mango", "north", "ocean", "pebble", "quartz", "river", "summit", "tamarind",
    "umbrella", "valley", "willow", "yellow", "zebra", "anchor", "breeze", "copper", "drum", "eagle",
    "falcon", "guitar",
];

/// Three words and four digits each time: about 28 bits, for accounts whose guesses are counted.
#[derive(Debug)]
pub struct Readable;

/// Five words and six digits: about 44 bits, for accounts that may do everything.
#[derive(Debug)]
pub struct Strong;

/// The same for everybody.
#[derive(Debug)]
pub struct Fixed(pub String);

impl Passwords for Readable {
    fn draw(&self) -> String {
        words(3, 4)
    }
}

impl Passwords for Strong {
    fn draw(&self) -> String {
        words(5, 6)
    }
}

impl Passwords for Fixed {
    fn draw(&self) -> String {
        self.0.clone()
    }
}

fn words(words: usize, digits: usize) -> String {
    let mut random = rand::rng();
    let mut parts: Vec<String> =
        (0..words).map(|_| WORDS[random.random_range(0..WORDS.len())].to_owned()).collect();
    parts.push((0..digits).map(|_| char::from(b'0' + random.random_range(0..10_u8))).collect());
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_passwords_differ_and_fixed_ones_do_not() {
        assert_ne!(Readable.draw(), Readable.draw());
        assert_eq!(Strong.draw().split('-').count(), 6);
        let fixed = Fixed("the same".to_owned());
        assert_eq!(fixed.draw(), fixed.draw());
    }
}
