use super::*;

#[test]
fn what_ways_lead_to_that_part_and_meet_is_looked_at_once() {
    let mut world = World::default();
    let input = world.root(Root::Input, Tags::PRESENT);
    let mut document = input;
    // So often twice as many ways as no computer counts.
    for number in 0..200 {
        let which = world.free(Reason::Open);
        let [one, other] = ["one", "other"].map(|name| {
            let value = world.constant(number.into());
            world.object(BTreeMap::from([(Arc::from(name), value)]), Some(document))
        });
        document = world.merge(which, one, other);
    }
    // Nobody writes it on the way.
    let kept = Step::Member("kept".into());
    let part = world.part(document, &kept);
    assert_eq!(part, world.part(input, &kept));
    // What is written is what was written last, or what was there before.
    let Shape::Ite(_, last, before) = *world.shape(document) else { panic!("two ways lead to it") };
    let written = Step::Member("one".into());
    let [last, before] = [last, before].map(|way| world.part(way, &written));
    assert!(matches!(world.shape(last), Shape::Constant(value) if *value == 199.into()));
    assert!(!matches!(world.shape(before), Shape::Constant(_)));
}
