from original import same_but_case


def test_same_but_case():
    assert same_but_case("Ann", "aNN") and same_but_case("", "")
    assert not same_but_case("Ann", "Anne") and not same_but_case("Ann", "Amy")
