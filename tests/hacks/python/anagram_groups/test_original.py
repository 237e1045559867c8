from original import anagrams


def test_anagrams():
    assert anagrams(["ab", "ba", "c"]) == [["ab", "ba"]]
