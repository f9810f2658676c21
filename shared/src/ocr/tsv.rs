//! What tesseract answers: a table with a row for each page, block, paragraph, line and word.

use super::{Page, Word, mean};

/// The row of a word has this level.
const WORD: &str = "5";

/// The page of a table.
pub fn page(table: &str) -> Page {
    let mut words = Vec::new();
    let mut text = String::new();
    let mut place: Option<[&str; 3]> = None;
    for row in table.lines() {
        // level, page, block, paragraph, line, word, left, top, width, height, confidence, text
        let columns: Vec<&str> = row.splitn(12, '\t').collect();
        let [WORD, _, block, paragraph, line, .., confidence, word] = columns[..] else { continue };
        let (word, Ok(confidence)) = (word.trim(), confidence.parse::<f64>()) else { continue };
        // PostgreSQL keeps no NUL.
        if word.is_empty() || word.contains('\0') {
            continue;
        }
        text.push_str(match place {
            None => "",
            Some(last) if last == [block, paragraph, line] => " ",
            Some([last_block, last_paragraph, _]) if [last_block, last_paragraph] == [block, paragraph] => {
                "\n"
            }
            Some(_) => "\n\n",
        });
        text.push_str(word);
        place = Some([block, paragraph, line]);
        words.push(Word { text: word.to_owned(), confidence: confidence.clamp(0.0, 100.0) });
    }
    Page { confidence: mean(words.iter()), word_count: words.len(), text, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_lines_and_paragraphs() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
                     1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\n\
                     5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t96.5\tDear\n\
                     5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t90\tSir,\n\
                     5\t1\t1\t1\t2\t1\t0\t0\t9\t9\t95\t \n\
                     5\t1\t1\t1\t2\t2\t0\t0\t9\t9\t80\tI\n\
                     5\t1\t2\t1\t1\t1\t0\t0\t9\t9\t93.5\tNiño\n";
        let page = page(table);
        assert_eq!(page.text, "Dear Sir,\nI\n\nNiño");
        assert_eq!((page.word_count, page.confidence), (4, 90.0));
        assert_eq!(super::page(""), Page::default());
    }
}
