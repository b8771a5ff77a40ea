//! How well a few typed letters fit to a name.

/// How well `wanted` fits to `name`, both in lower case: the more the better. `None`: its letters do not
/// stand in the name in this order. Everything fits to nothing.
pub fn score(wanted: &str, name: &str) -> Option<u32> {
    if wanted.is_empty() {
        return Some(0);
    }
    if name == wanted {
        return Some(1000);
    }
    if name.starts_with(wanted) {
        return Some(800);
    }
    if let Some(at) = name.find(wanted) {
        let before = name[..at].chars().next_back();
        let begins = before.is_some_and(|c| !c.is_alphanumeric());
        return Some(if begins { 600 } else { 400 });
    }
    let (mut left, mut skipped) = (name, 0);
    for letter in wanted.chars() {
        let at = left.find(letter)?;
        skipped += at;
        left = &left[at + letter.len_utf8()..];
    }
    let skipped = u32::try_from(skipped).unwrap_or(u32::MAX);
    Some(200_u32.saturating_sub(skipped))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_name_is_best_then_its_beginning_then_a_part_of_it() {
        let names = ["sonic", "sonic2", "dr_sonic", "xsonic", "so_n_i_c"];
        let scores: Vec<_> = names.iter().map(|name| score("sonic", name)).collect();
        assert!(scores.iter().all(Option::is_some));
        assert!(scores.is_sorted_by(|a, b| a > b), "{scores:?}");
        assert!(score("sc", "sonic") > score("sc", "s________c"));
    }

    #[test]
    fn letters_have_to_be_there_in_their_order() {
        for (wanted, name) in [("cs", "sonic"), ("sonics", "sonic"), ("ss", "s"), ("x", "")] {
            assert_eq!(score(wanted, name), None, "{wanted} in {name}");
        }
        for (wanted, name) in [
            ("sc", "sonic"),
            ("小明", "王小明"),
            ("王明", "王小明"),
            ("", "x"),
        ] {
            assert!(score(wanted, name).is_some(), "{wanted} in {name}");
        }
    }
}
