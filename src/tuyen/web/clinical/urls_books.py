"""Addresses of the station's books, of talks that stand in one, and of what is printed from a visit."""

from django.urls import path

from tuyen.web.clinical import views_books, views_print, views_talks

urlpatterns = [
    path("care/books/", views_books.books, name="care-books"),
    path("care/books/close/", views_books.close, name="care-books-close"),
    path("care/books/book/", views_books.book, name="care-book"),
    path("care/talks/", views_talks.talks, name="care-talks"),
    path("care/talks/<uuid:id>/", views_talks.talk, name="care-talk"),
    path("care/print/<uuid:id>/<slug:what>/", views_print.sheet, name="care-print"),
]
