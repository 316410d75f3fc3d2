module postvak

go 1.26
