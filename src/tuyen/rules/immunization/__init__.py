"""What the programme of immunisation is told: lists, limits, clocks, indicators and schedules.

==================  ========================================================================
``lists``           vaccines, products, antigens, programmes, kinds of place, routes, sites
``screening``       reasons and limits of the examination, observation, size of a session
``reactions``       adverse events: what is serious, clocks, words, classes
``programme``       indicators, targets, reports, opened vials, wastage, reserve
``fields``          the 44 fields of QĐ 3891, 20 of them mandatory
``schedules``       the dated packs of the law and the provinces in which a vaccine has begun
==================  ========================================================================
"""
