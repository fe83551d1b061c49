//! Every number of the two lists has a test, or a line that says why it concerns no rule of the machine.

/// How many faults were seen in the code of others, and how many pains were listed.
const FAULTS: usize = 11;
const PAINS: usize = 39;

#[test]
fn every_number_has_a_test_or_a_reason() {
    let (faults, pains) = (include_str!("faults.rs"), include_str!("pains.rs"));
    let tested = |text: &str, name: String| text.contains(&format!("#[test]\nfn {name}_"));
    for n in 1..=FAULTS {
        assert!(tested(faults, format!("fault_{n:02}")), "no test of fault {n}");
    }
    let mut reasons = 0;
    for n in 1..=PAINS {
        let reason = pains.contains(&format!("//! pain {n:02} concerns no rule of the machine: "));
        assert!(
            tested(pains, format!("pain_{n:02}")) != reason,
            "pain {n} has neither a test nor a reason, or both"
        );
        reasons += usize::from(reason);
    }
    println!("{FAULTS} faults and {} pains tested, {reasons} elsewhere", PAINS - reasons);
}
