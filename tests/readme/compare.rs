//! Compares printed with actual output: `...` on a line of its own stands for any lines, `[..]` for any text in a line.

const ANY_LINES: &str = "...";
const ANY_TEXT: &str = "[..]";

/// Whether the output is as printed; blank lines at the end and spaces at the ends of lines do not count.
pub fn is_as_printed(printed: &[String], actual: &str) -> bool {
    let printed: Vec<&str> = printed.iter().map(|line| line.trim_end()).collect();
    let actual: Vec<&str> = actual.lines().map(str::trim_end).collect();
    lines_fit(without_blank_end(&printed), without_blank_end(&actual))
}

fn without_blank_end<'a, 'b>(lines: &'a [&'b str]) -> &'a [&'b str] {
    let last = lines.iter().rposition(|line| !line.is_empty());
    last.map_or(&[], |last| &lines[..=last])
}

fn lines_fit(printed: &[&str], actual: &[&str]) -> bool {
    match printed {
        [] => actual.is_empty(),
        [ANY_LINES, rest @ ..] => (0..=actual.len()).any(|skip| lines_fit(rest, &actual[skip..])),
        [line, rest @ ..] => match actual {
            [first, others @ ..] => line_fits(line, first) && lines_fit(rest, others),
            [] => false,
        },
    }
}

fn line_fits(printed: &str, actual: &str) -> bool {
    let Some((before, rest)) = printed.split_once(ANY_TEXT) else {
        return printed == actual;
    };
    let Some(tail) = actual.strip_prefix(before) else {
        return false;
    };
    let mut starts = tail.char_indices().map(|(at, _)| at).chain([tail.len()]);
    starts.any(|at| tail.get(at..).is_some_and(|tail| line_fits(rest, tail)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(printed: &str, actual: &str) -> bool {
        let printed: Vec<String> = printed.lines().map(str::to_owned).collect();
        is_as_printed(&printed, actual)
    }

    #[test]
    fn the_same_output_fits_and_another_does_not() {
        assert!(fits("a\nb", "a \nb\n\n"));
        assert!(!fits("a\nb", "a\nc\n"));
        assert!(!fits("a", "a\nb\n"));
        assert!(!fits("a\nb", "a\n"));
        assert!(fits("", ""));
    }

    #[test]
    fn wildcards_stand_for_what_they_say_and_no_more() {
        assert!(fits("a\n...\nd", "a\nb\nc\nd\n"));
        assert!(fits("...\nd\n...", "d\n"));
        assert!(!fits("a\n...\nd", "a\nb\n"));
        assert!(fits("判 [..] in [..] s", "判 3 in 0.2 s\n"));
        assert!(!fits("3 of [..] moved", "4 of 9 moved"));
    }
}
