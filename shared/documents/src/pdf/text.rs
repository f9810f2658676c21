//! Breaking text into lines.

use super::font::{Fonts, Weight};

impl Fonts {
    /// The lines of a text that is no wider than `room` points. A word that is too long is broken anywhere.
    pub fn lines(self, text: &str, weight: Weight, size: f32, room: f32) -> Vec<String> {
        let clean = self.clean(text);
        let mut lines: Vec<String> =
            clean.split('\n').flat_map(|line| self.broken(line, weight, size, room)).collect();
        while lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
    }

    /// At most `most` lines; what is left out is marked by an ellipsis.
    pub fn few_lines(self, text: &str, weight: Weight, size: f32, room: f32, most: usize) -> Vec<String> {
        let mut lines = self.lines(text, weight, size, room);
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                while !last.is_empty()
                    && self.width(last, weight, size) + self.width("…", weight, size) > room
                {
                    last.pop();
                }
                last.push('…');
            }
        }
        lines
    }

    /// The largest of `sizes` points at which a text fits into one line; the smallest if none does.
    pub fn fitting(self, text: &str, weight: Weight, room: f32, sizes: std::ops::RangeInclusive<u8>) -> f32 {
        let clean = self.clean(text);
        let fits = |size: &u8| self.width(&clean, weight, f32::from(*size)) <= room;
        f32::from(sizes.clone().rev().find(fits).unwrap_or(*sizes.start()))
    }

    fn broken(self, line: &str, weight: Weight, size: f32, room: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut used = 0.0;
        let space = self.width(" ", weight, size);
        for word in line.split(' ').filter(|word| !word.is_empty()) {
            let width = self.width(word, weight, size);
            let gap = if used > 0.0 { space } else { 0.0 };
            if used + gap + width <= room {
                push(&mut lines, if gap > 0.0 { " " } else { "" });
                push(&mut lines, word);
                used += gap + width;
                continue;
            }
            if used > 0.0 {
                lines.push(String::new());
            }
            used = 0.0;
            for letter in word.chars() {
                let mut buffer = [0; 4];
                let letter: &str = letter.encode_utf8(&mut buffer);
                let width = self.width(letter, weight, size);
                if used > 0.0 && used + width > room {
                    lines.push(String::new());
                    used = 0.0;
                }
                push(&mut lines, letter);
                used += width;
            }
        }
        lines
    }
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}
